using System.Text;

namespace LpmOs.Agent;

/// <summary>Lines of a stream that nobody has bounded: of one that is longer the rest is read and let go.</summary>
internal sealed class BoundedLines(TextReader reader, int longest)
{
    private readonly char[] _buffer = new char[4096];
    private readonly StringBuilder _line = new();
    private int _at, _end;
    private bool _afterReturn;

    /// <returns>Without its end (CR, LF or both); null where the stream has ended.</returns>
    public async Task<string?> NextAsync()
    {
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await reader.ReadAsync(_buffer.AsMemory()).ConfigureAwait(false));
                if (_end == 0)
                    return _line.Length > 0 ? Taken() : null;
            }
            if (_afterReturn && _buffer[_at] == '\n')
                _at++;
            _afterReturn = false;
            var rest = _buffer.AsSpan(_at, _end - _at);
            var length = rest.IndexOfAny('\r', '\n');
            var text = length < 0 ? rest : rest[..length];
            _line.Append(text[..Math.Min(text.Length, longest - _line.Length)]);
            _at += text.Length;
            if (length < 0)
                continue;
            _afterReturn = _buffer[_at++] == '\r';
            return Taken();
        }
    }

    private string Taken()
    {
        var line = _line.ToString();
        _line.Clear();
        return line;
    }
}
