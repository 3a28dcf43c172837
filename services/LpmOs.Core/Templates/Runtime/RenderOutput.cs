using System.Buffers;
using System.Text;
using LpmOs.Core.Templates.Syntax;

namespace LpmOs.Core.Templates.Runtime;

/// <summary>What a rendering has written, with Scriban's automatic indentation (language reference, 1.5).</summary>
internal sealed class RenderOutput(RenderContext context)
{
    /// <summary>A boot script's usual length; it need not grow there in steps.</summary>
    private const int UsualLength = 4096;

    /// <summary>Of the last rendering on this thread: a room of machines asks within seconds, and each would leave two pages of garbage.</summary>
    [ThreadStatic]
    private static StringBuilder? _spare;

    private Stack<StringBuilder>? _outer;
    private StringBuilder _text = Take();
    private bool _afterLineEnd;
    private long _outerLength;

    /// <summary>Put before every line that begins while it is set; null: none.</summary>
    public string? Indent { get; set; }

    public void Push()
    {
        _outerLength += _text.Length;
        (_outer ??= new()).Push(_text);
        _text = new StringBuilder();
    }

    public string Pop()
    {
        var text = _text.ToString();
        _text = _outer!.Pop();
        _outerLength -= _text.Length;
        return text;
    }

    /// <summary>Output of its own for an include: no indentation from outside. <see cref="PopInclude"/> ends it.</summary>
    public (string? Indent, bool AfterLineEnd) PushInclude()
    {
        var state = (Indent, _afterLineEnd);
        if (Indent is not null)
            _afterLineEnd = false;
        Indent = null;
        Push();
        return state;
    }

    public string PopInclude((string? Indent, bool AfterLineEnd) state)
    {
        (Indent, _afterLineEnd) = state;
        return Pop();
    }

    public void Write(Node node, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return;
        if (Indent is null)
        {
            _afterLineEnd = text[^1] == '\n';
            Append(node, text);
            return;
        }
        while (!text.IsEmpty)
        {
            if (_afterLineEnd)
                Append(node, Indent);
            var lineEnd = text.IndexOf('\n');
            _afterLineEnd = lineEnd >= 0;
            Append(node, lineEnd < 0 ? text : text[..(lineEnd + 1)]);
            text = lineEnd < 0 ? default : text[(lineEnd + 1)..];
        }
    }

    public override string ToString() => _text.ToString();

    /// <summary>All that was written, once; nothing may be written after it.</summary>
    public string End()
    {
        var text = _text.ToString();
        GiveBack();
        return text;
    }

    /// <summary>The same as ASCII.</summary>
    public void End(IBufferWriter<byte> output)
    {
        foreach (var part in _text.GetChunks())
            Encoding.ASCII.GetBytes(part.Span, output);
        GiveBack();
    }

    private void GiveBack()
    {
        if (_text.Capacity <= 4 * UsualLength)
            _spare = _text.Clear();
        _text = null!;
    }

    private static StringBuilder Take()
    {
        var spare = _spare ?? new StringBuilder(UsualLength);
        _spare = null; // Whoever renders within a rendering has one of its own.
        return spare;
    }

    private void Append(Node node, ReadOnlySpan<char> text)
    {
        if (_outerLength + _text.Length + text.Length > context.Limits.MaxOutputLength)
            throw context.Problem(node, $"the output is longer than {context.Limits.MaxOutputLength} characters");
        _text.Append(text);
    }
}
