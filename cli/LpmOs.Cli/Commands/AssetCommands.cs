using System.CommandLine;
using System.Security.Cryptography;
using LpmOs.Cli.Client;
using LpmOs.Cli.Output;
using LpmOs.Cli.Session;

namespace LpmOs.Cli.Commands;

/// <summary><c>lpmosctl assets …</c>: vendors' files that installers need.</summary>
internal static class AssetCommands
{
    public static Command Build(Shell shell) => new("assets", shell.Words.Assets) { List(shell), Add(shell), Import(shell), Verify(shell), Remove(shell) };

    private static Argument<string> Idc(Shell shell) => new("idc") { Description = shell.Words.AssetIdc, HelpName = "IDC" };

    private static Argument<string> Name(Shell shell) => new("name") { Description = shell.Words.AssetName, HelpName = "FOLDER/FILE" };

    private static Command List(Shell shell)
    {
        var (idc, os) = (Idc(shell), Shell.Option<string?>("--os", shell.Words.AssetOs));
        return shell.Command("list", shell.Words.AssetsList, [idc, os], async (parsed, session, cancellationToken) =>
        {
            Print(session, await session.Api.ListAssetsAsync(parsed.GetValue(idc)!, cancellationToken), parsed.GetValue(os));
            return ExitCodes.Ok;
        });
    }

    private static Command Add(Shell shell)
    {
        var (idc, name, source) = (Idc(shell), Name(shell), new Argument<string?>("url") { Description = shell.Words.AssetSource, HelpName = "URL", Arity = ArgumentArity.ZeroOrOne });
        var (digest, trust) = (Shell.Option<string?>("--sha256", shell.Words.AssetDigest), Shell.Option<bool>("--trust-first", shell.Words.AssetTrust));
        var published = Published(shell);
        return shell.Command("add", shell.Words.AssetsAdd, [idc, name, source, published, digest, trust], async (parsed, session, cancellationToken) =>
        {
            var (site, (folder, file)) = (parsed.GetValue(idc)!, TemplateCommands.Parts(parsed.GetValue(name)!, shell));
            var (given, trusted, listed) = (parsed.GetValue(digest), parsed.GetValue(trust), parsed.GetResult(published) is not null);
            if ((given is null ? 0 : 1) + (trusted ? 1 : 0) + (listed ? 1 : 0) != 1)
                throw new UsageException(shell.Words.AssetNoDigest);
            var url = parsed.GetValue(source) ?? await CatalogSourceAsync(session, site, parsed.GetValue(name)!, cancellationToken);
            if (listed)
                (url, given) = await PublishedFileAsync(session, site, parsed.GetValue(name)!, parsed.GetValue(published), url, cancellationToken);
            else if (url.Contains('*', StringComparison.Ordinal))
                throw new UsageException(shell.Words.AssetPattern(SafeText.Of(url)));
            var wanted = given ?? (await DigestsOfAsync(session, url, [], cancellationToken))[HashAlgorithmName.SHA256];
            await session.Api.PutSiteAssetAsync(site, folder, file, new AssetRequest { Sha256 = wanted, Source = url }, cancellationToken);
            if (parsed.GetValue(trust))
                session.Print.Line(shell.Words.AssetTrusted(SafeText.Of(url), wanted));
            session.Print.Line(shell.Words.AssetAsked(parsed.GetValue(name)!));
            return ExitCodes.Ok;
        });
    }

    /// <exception cref="UsageException">The catalogue knows no address of the file, or it is within an ISO image.</exception>
    private static async Task<string> CatalogSourceAsync(CliSession session, string idc, string name, CancellationToken cancellationToken) =>
        await KnownAsync(session, idc, name, cancellationToken) is { Catalog_source: { } source, Member: null }
            ? source : throw new UsageException(session.Words.AssetNoSource(SafeText.Of(name)));

    private static Option<string?> Published(Shell shell)
    {
        var option = Shell.Option<string?>("--published", shell.Words.AssetPublished);
        option.Arity = ArgumentArity.ZeroOrOne;
        option.HelpName = "URL";
        return option;
    }

    /// <summary>What the vendor's list says of the file, or the catalogue where the file does not change.</summary>
    /// <param name="list">URL of the list; null: the catalogue's.</param>
    /// <param name="url">Of the file; with '*', the list says which it is.</param>
    /// <exception cref="UsageException">There is no list, the file is not in it, or several are.</exception>
    private static async Task<(string Url, string Digest)> PublishedFileAsync(CliSession session, string idc, string name, string? list, string url, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(session, idc, name, cancellationToken);
        if (list is null && known?.Catalog_sha256 is { } fixedDigest)
            return (url, fixedDigest);
        var sums = list ?? known?.Catalog_sums ?? throw new UsageException(session.Words.AssetNoSums(SafeText.Of(name)));
        var published = await SumsAsync(session, sums, cancellationToken);
        // A mirror of one's own has the vendor's files, and a copy of the list the vendor's names: the catalogue's addresses say where in the list the file is.
        var found = published.Of(sums, url);
        if (found.Count == 0 && known?.Catalog_source is { } vendors)
            found = published.Of(sums, vendors) is { Count: > 0 } there ? there : published.Of(known.Catalog_sums ?? sums, vendors);
        if (found.Count == 0)
            throw new UsageException(session.Words.AssetNotInSums(SafeText.Of(sums), SafeText.Of(url), SafeText.Of(published.Names())));
        if (found.DistinctBy(file => file.Digest).Count() > 1)
            throw new UsageException(session.Words.AssetSeveralInSums(SafeText.Of(sums), SafeText.Of(url), SafeText.Of(string.Join(", ", found.Select(file => file.Address)))));
        var (file, algorithm) = (found[0], Name(found[0].Algorithm));
        if (!file.IsTrusted)
            throw new UsageException(session.Words.AssetWeakSums(SafeText.Of(sums), SafeText.Of(url), algorithm));
        session.Print.Line(session.Words.AssetPublishedDigest(SafeText.Of(sums), algorithm, file.Digest));
        var address = url.Contains('*', StringComparison.Ordinal) ? file.Address : url;
        if (file.Algorithm == HashAlgorithmName.SHA256)
            return (address, file.Digest);
        // Assets are held by SHA-256: that of the very bytes that have the vendor's digest.
        var digests = await DigestsOfAsync(session, address, [file.Algorithm], cancellationToken);
        if (digests[file.Algorithm] != file.Digest)
            throw new UsageException(session.Words.AssetOtherThanPublished(SafeText.Of(address), algorithm, digests[file.Algorithm], SafeText.Of(sums), file.Digest));
        return (address, digests[HashAlgorithmName.SHA256]);
    }

    private static string Name(HashAlgorithmName algorithm) => algorithm.Name!.ToLowerInvariant();

    private static async Task<AssetSummary?> KnownAsync(CliSession session, string idc, string name, CancellationToken cancellationToken) =>
        (await session.Api.ListAssetsAsync(idc, cancellationToken)).Items.FirstOrDefault(asset => asset.Name == name);

    /// <exception cref="UsageException">The list cannot be had.</exception>
    private static async Task<PublishedDigests> SumsAsync(CliSession session, string url, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HttpClient { MaxResponseContentBufferSize = PublishedDigests.Longest };
            return PublishedDigests.Parse(await http.GetStringAsync(url, cancellationToken));
        }
        catch (FormatException e) when (e is not UriFormatException)
        {
            throw new UsageException(session.Words.AssetBadSums(SafeText.Of(url), SafeText.Of(e.Message)));
        }
        catch (Exception e) when ((e is HttpRequestException or IOException or UriFormatException or InvalidOperationException or NotSupportedException or OperationCanceledException) && !cancellationToken.IsCancellationRequested)
        {
            throw new UsageException(session.Words.AssetNotFetched(SafeText.Of(url), SafeText.Of(e.Message)));
        }
    }

    /// <summary>What the address gives now; every boot service must be given the same.</summary>
    /// <exception cref="UsageException">It gives nothing.</exception>
    private static async Task<IReadOnlyDictionary<HashAlgorithmName, string>> DigestsOfAsync(CliSession session, string url, IEnumerable<HashAlgorithmName> algorithms, CancellationToken cancellationToken)
    {
        try
        {
            // Media of several GB over a slow line: ended by Ctrl-C, not by a clock.
            using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
            await using var content = await http.GetStreamAsync(url, cancellationToken);
            return await FileDigests.OfAsync(content, algorithms, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            throw new UsageException(session.Words.AssetNotFetched(SafeText.Of(url), SafeText.Of(e.Message)));
        }
    }

    private static Command Import(Shell shell)
    {
        var (idc, name, path) = (Idc(shell), Name(shell), new Argument<string>("file") { Description = shell.Words.AssetFile, HelpName = "FILE" });
        var (member, digest, boot) = (Shell.Option<string?>("--member", shell.Words.AssetMember), Shell.Option<string?>("--sha256", shell.Words.AssetDigest), Shell.Option<string?>("--boot", shell.Words.AssetBoot));
        var published = Published(shell);
        return shell.Command("import", shell.Words.AssetsImport, [idc, name, path, member, published, digest, boot], async (parsed, session, cancellationToken) =>
        {
            var (site, (folder, file)) = (parsed.GetValue(idc)!, TemplateCommands.Parts(parsed.GetValue(name)!, shell));
            if (parsed.GetResult(published) is not null)
                await RequirePublishedAsync(session, site, parsed.GetValue(name)!, parsed.GetValue(published), parsed.GetValue(path)!, cancellationToken);
            await using var content = Open(parsed.GetValue(path)!, parsed.GetValue(member), session);
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
            if (parsed.GetValue(digest) is { } expected && !string.Equals(expected, found, StringComparison.OrdinalIgnoreCase))
                throw new UsageException(shell.Words.AssetOther(found, SafeText.Of(expected)));
            var boots = parsed.GetValue(boot) is { } one ? [one] : await BootServicesAsync(session, site, cancellationToken);
            if (boots.Count == 0)
                throw new UsageException(shell.Words.NoBootService(SafeText.Of(site)));
            await session.Api.PutSiteAssetAsync(site, folder, file, new AssetRequest { Sha256 = found }, cancellationToken);
            foreach (var address in boots)
                await SendAsync(session, address, found, content, cancellationToken);
            session.Print.Line(shell.Words.AssetImported(parsed.GetValue(name)!, found));
            return ExitCodes.Ok;
        });
    }

    /// <summary>The whole file, be it an image of which a part is taken, must be one that the vendor's list names, under whatever name it was saved here.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    private static async Task RequirePublishedAsync(CliSession session, string idc, string name, string? list, string path, CancellationToken cancellationToken)
    {
        var sums = list ?? (await KnownAsync(session, idc, name, cancellationToken))?.Catalog_sums ?? throw new UsageException(session.Words.AssetNoSums(SafeText.Of(name)));
        var published = await SumsAsync(session, sums, cancellationToken);
        await using var whole = Open(path, null, session);
        var found = await FileDigests.OfAsync(whole, published.Algorithms, cancellationToken);
        if (!published.Has(found))
            throw new UsageException(session.Words.AssetNotPublished(string.Join(", ", found.Select(one => $"{Name(one.Key)} {one.Value}")), SafeText.Of(sums)));
    }

    private static Command Verify(Shell shell)
    {
        var idc = Idc(shell);
        return shell.Command("verify", shell.Words.AssetsVerify, [idc], async (parsed, session, cancellationToken) =>
        {
            Print(session, await session.Api.VerifyAssetsAsync(parsed.GetValue(idc)!, cancellationToken), null);
            return ExitCodes.Ok;
        });
    }

    private static Command Remove(Shell shell)
    {
        var (idc, name) = (Idc(shell), Name(shell));
        return shell.Command("remove", shell.Words.AssetsRemove, [idc, name], async (parsed, session, cancellationToken) =>
        {
            var (folder, file) = TemplateCommands.Parts(parsed.GetValue(name)!, shell);
            await session.Api.DeleteSiteAssetAsync(parsed.GetValue(idc)!, folder, file, cancellationToken);
            return ExitCodes.Ok;
        });
    }

    private static void Print(CliSession session, AssetList list, string? os)
    {
        var rows = list.Items.Where(asset => os is null || asset.Name.StartsWith(os, StringComparison.OrdinalIgnoreCase) || asset.Used_by.Any(name => name.Contains(os, StringComparison.OrdinalIgnoreCase))).ToList();
        session.Print.List(list, rows,
        [
            new("name", session.Words.AssetColumn, asset => asset.Name),
            new("state", session.Words.State, asset => asset.State),
            new("size_bytes", session.Words.Size, asset => Show.Bytes(asset.Size_bytes), Right: true),
            new("sha256", "SHA-256", asset => asset.Sha256?[..12]),
            new("copies", session.Words.Copies, asset => string.Join('\n', asset.Copies.Select(copy => $"{copy.Instance}: {copy.State} {copy.Message}".TrimEnd()))),
            new("used_by", session.Words.UsedBy, asset => string.Join(", ", asset.Used_by)),
        ], session.Words.NoEntries);
    }

    /// <exception cref="UsageException">It cannot be read, or holds no such file.</exception>
    private static FileSlice Open(string path, string? member, CliSession session)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            if (member is null)
                return new FileSlice(file, 0, file.Length);
            var (offset, length) = new IsoImage(file).Find(member) ?? throw new InvalidDataException(session.Words.NoMember(SafeText.Of(member)));
            return new FileSlice(file, offset, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            file?.Dispose();
            throw new UsageException(session.Words.FileUnreadable(path, e.Message));
        }
    }

    private static async Task<IReadOnlyList<string>> BootServicesAsync(CliSession session, string idc, CancellationToken cancellationToken) =>
        [.. (await session.Api.ListIdcsAsync(cancellationToken)).Items.Where(one => one.Idc == idc).SelectMany(one => one.Services).Where(service => service.Kind == "boot" && service.Alive && service.Address is not null).Select(service => service.Address!)];

    private static async Task SendAsync(CliSession session, string address, string digest, Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        // Media of several GB over a slow line: ended by Ctrl-C, not by a clock. The boot service needs no token of ours.
        using var http = new HttpClient(session.Settings.Handler()) { Timeout = Timeout.InfiniteTimeSpan };
        using var body = new StreamContent(new KeepOpen(content));
        using var answer = await http.PutAsync(new Uri(new Uri(address.TrimEnd('/') + "/"), $"api/v1/assets/{digest}"), body, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw await RawCalls.ProblemAsync(answer, cancellationToken);
    }

    /// <summary>The same stream goes to the next boot service too.</summary>
    private sealed class KeepOpen(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => inner.Position = value; }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
        public override void Flush() => inner.Flush();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
