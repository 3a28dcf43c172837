using System.Globalization;
using System.Text;
using LpmOs.Core.Hosting;

namespace LpmOs.Tasks.Batch;

/// <summary>The bytes of a file as text, or what they are instead.</summary>
internal static class BatchText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static BatchText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <exception cref="InvalidRequestException">The bytes are not UTF-8; the message names the encoding, line and column.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new InvalidRequestException("body", "The file is in UTF-16. Save it as UTF-8 (in Excel: CSV UTF-8).");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            var (line, column) = Place(bytes, FirstWrong(bytes));
            var found = IsGbk(bytes) ? "The file is in GBK (GB18030), not in UTF-8" : "The file is not text in UTF-8";
            throw new InvalidRequestException("body", string.Create(CultureInfo.InvariantCulture, $"{found}: line {line}, column {column}. Save it as UTF-8 (in Excel: CSV UTF-8)."));
        }
    }

    private static bool IsGbk(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // GB18030 is what mainland systems call ANSI; GBK is its two-byte part.
            var text = Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetString(bytes);
            return text.Any(c => c is >= '\u4e00' and <= '\u9fff') && !text.Any(c => char.IsControl(c) && c is not ('\r' or '\n' or '\t'));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static int FirstWrong(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }

    private static (int Line, int Column) Place(ReadOnlySpan<byte> bytes, int at)
    {
        var before = bytes[..at];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
