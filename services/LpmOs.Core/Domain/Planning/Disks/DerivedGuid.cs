using System.Security.Cryptography;
using System.Text;

namespace LpmOs.Core.Domain.Planning.Disks;

/// <summary>UUIDs of version 8 (RFC 9562, 5.8) from task and attempt: the same plan has the same, so that an interrupted attempt knows its own disks again.</summary>
internal static class DerivedGuid
{
    /// <summary>GPT disk GUID of the disk at this place of the plan.</summary>
    public static string OfDisk(string taskId, int attempt, int place = 0) => Of(place == 0 ? $"lpmos disk {taskId} {attempt}" : $"lpmos disk {taskId} {attempt} {place}");

    public static string OfArray(string taskId, int attempt, string name) => Of($"lpmos array {taskId} {attempt} {name}");

    private static string Of(string text)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
