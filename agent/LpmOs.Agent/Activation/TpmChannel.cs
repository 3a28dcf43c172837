using System.Buffers.Binary;
using System.Globalization;

namespace LpmOs.Agent.Activation;

/// <summary>Commands to a TPM 2.0 and its answers (TPM 2.0 Library, part 1, 18), through the kernel's resource manager, which takes away at the end whatever was loaded.</summary>
internal sealed class TpmChannel(Stream device) : IDisposable
{
    public const string Device = "/dev/tpmrm0";
    private const int HeaderBytes = 10;
    private const int LongestAnswer = 4096;
    private const int MostRetries = 20;
    private const ushort WithSessions = 0x8002, WithoutSessions = 0x8001;
    // TPM_RC_YIELDED, TPM_RC_TESTING, TPM_RC_RETRY: the command was not begun, ask again.
    private static readonly uint[] Again = [0x908, 0x90A, 0x922];

    /// <returns>Null: this machine has no TPM 2.0, or no driver for it.</returns>
    public static TpmChannel? Open()
    {
        if (!File.Exists(Device))
            return null;
        // Without a buffer: a command is one write, an answer one read.
        return new TpmChannel(new FileStream(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
    }

    /// <summary>One command.</summary>
    /// <param name="code">TPM_CC.</param>
    /// <param name="name">For messages.</param>
    /// <param name="handles">That it works on.</param>
    /// <param name="authorizations">One after the other, without their length; empty: the command takes none.</param>
    /// <param name="parameters">The rest.</param>
    /// <returns>What comes after the answer's header: handles first, then, of a command with authorizations, the length of the parameters and the parameters.</returns>
    /// <exception cref="TpmException">The TPM refused.</exception>
    /// <exception cref="IOException">The device does not answer.</exception>
    public async Task<TpmReader> SendAsync(uint code, string name, byte[] handles, byte[] authorizations, byte[] parameters, CancellationToken cancellationToken)
    {
        var body = new TpmWriter().Raw(handles);
        if (authorizations.Length > 0)
            body.Number((uint)authorizations.Length).Raw(authorizations);
        var rest = body.Raw(parameters).ToArray();
        var command = new TpmWriter().Number(authorizations.Length > 0 ? WithSessions : WithoutSessions).Number((uint)(HeaderBytes + rest.Length)).Number(code).Raw(rest).ToArray();
        for (var tries = 1; ; tries++)
        {
            await device.WriteAsync(command, cancellationToken).ConfigureAwait(false);
            var answer = await ReadAsync(name, cancellationToken).ConfigureAwait(false);
            var result = BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(6));
            if (result == 0)
                return new TpmReader(answer.AsMemory(HeaderBytes), name);
            if (!Again.Contains(result) || tries == MostRetries)
                throw new TpmException($"{name} was refused with TPM_RC 0x{result.ToString("X3", CultureInfo.InvariantCulture)}");
        }
    }

    public void Dispose() => device.Dispose();

    private async Task<byte[]> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < HeaderBytes || length < Size(answer))
        {
            var read = await device.ReadAsync(answer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0 || Size(answer) > LongestAnswer)
                throw new TpmException($"the answer to {name} is cut short, or longer than {LongestAnswer} bytes");
            length += read;
        }
        return answer[..length];
    }

    private static uint Size(byte[] answer) => BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(2));
}
