namespace LpmOs.Core.Store.Sealed;

/// <summary>The key outside the store (setting <c>Store:KeyFile</c>): 32 random bytes in Base64 or hexadecimal on one line.</summary>
public static class StoreKeyFile
{
    public const string Allowed = "a file that this user may read, with 32 bytes in Base64 or hexadecimal on one line (head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE), the same on every host";
    private const int KeyBytes = 32;
    private const int Longest = 200;

    /// <returns>Null: there is no such file, or something else is in it.</returns>
    public static byte[]? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= Longest })
                return null;
            var text = File.ReadAllText(path).Trim();
            var key = text.Length == 2 * KeyBytes ? Convert.FromHexString(text) : Convert.FromBase64String(text);
            return key.Length == KeyBytes ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
