using System.Buffers.Binary;
using System.Globalization;
using LpmOs.Agent.Discovery;

namespace LpmOs.Agent.Install.Target.Efi;

/// <summary>
/// The firmware's boot variables through efivarfs (Linux, Documentation/filesystems/efivarfs.rst): four bytes of attributes, then the value, and each written with one write(2).
/// </summary>
internal sealed class EfiVariables(SystemTree machine)
{
    private const string Folder = "sys/firmware/efi/efivars";
    /// <summary>EFI_GLOBAL_VARIABLE.</summary>
    private const string Global = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
    /// <summary>Non-volatile, for boot services and the running system.</summary>
    private const uint Attributes = 7;
    private const int AttributeBytes = 4;

    public bool AreThere => machine.Exists($"{Folder}/BootOrder-{Global}") || Entries().Count > 0;

    public IReadOnlyDictionary<ushort, LoadOption> Entries()
    {
        var entries = new Dictionary<ushort, LoadOption>();
        foreach (var name in machine.Names(Folder).Where(name => name.Length == "Boot0000-".Length + Global.Length && name.StartsWith("Boot", StringComparison.Ordinal) && name.EndsWith("-" + Global, StringComparison.OrdinalIgnoreCase)))
        {
            if (ushort.TryParse(name.AsSpan(4, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
                // What cannot be read keeps its number all the same.
                entries[number] = (machine.Bytes($"{Folder}/{name}") is { Length: > AttributeBytes } bytes ? LoadOption.Parse(bytes.AsSpan(AttributeBytes)) : null) ?? new(0, "", []);
        }
        return entries;
    }

    /// <exception cref="IOException">There is one, and it cannot be read: taken for an empty one, it would be written without everybody else's entries.</exception>
    public IReadOnlyList<ushort> Order()
    {
        const string file = $"{Folder}/BootOrder-{Global}";
        var bytes = machine.Bytes(file);
        // One that was read has its attributes at least.
        if (bytes.Length < AttributeBytes && machine.Exists(file))
            throw new IOException("its BootOrder cannot be read");
        return [.. bytes.Skip(AttributeBytes).Chunk(2).Where(pair => pair.Length == 2).Select(pair => BinaryPrimitives.ReadUInt16LittleEndian(pair))];
    }

    /// <summary>New entries first, then the order that names them, then those that nothing names any more: whenever the power goes, what is listed is there.</summary>
    /// <exception cref="IOException">The firmware refused, or its memory is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The kernel refused.</exception>
    public void Apply(BootChanges changes)
    {
        foreach (var (number, entry) in changes.Write)
            Write(Name(number), entry.Bytes());
        if (!Order().SequenceEqual(changes.Order))
        {
            var order = new byte[2 * changes.Order.Count];
            foreach (var (at, number) in changes.Order.Index())
                BinaryPrimitives.WriteUInt16LittleEndian(order.AsSpan(2 * at), number);
            Write("BootOrder", order);
        }
        foreach (var number in changes.Delete)
            File.Delete(machine.PathOf($"{Folder}/{Name(number)}-{Global}"));
    }

    public static string Name(ushort number) => string.Create(CultureInfo.InvariantCulture, $"Boot{number:X4}");

    private void Write(string name, byte[] value)
    {
        var bytes = new byte[AttributeBytes + value.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Attributes);
        value.CopyTo(bytes.AsSpan(AttributeBytes));
        using var file = new FileStream(machine.PathOf($"{Folder}/{name}-{Global}"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(bytes);
        // In efivarfs, which knows no places in a file, the value was taken as a whole; a recorded one is a file with an end of its own.
        if (file.CanSeek && file.Length > bytes.Length)
            file.SetLength(bytes.Length);
    }
}
