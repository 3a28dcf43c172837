using System.Globalization;
using LpmOs.Core.Store.Embedded;
using LpmOs.Core.Store.Etcd;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LpmOs.Core.Store;

/// <summary>Reads the section <c>Store</c>, and says of each wrong setting its key, its value and what is allowed.</summary>
internal sealed class StoreSettings(IConfiguration configuration, StoreProvider defaultProvider) : IOptionsFactory<StoreOptions>
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(5);

    private readonly List<string> _failures = [];

    /// <exception cref="OptionsValidationException">Names every wrong setting.</exception>
    public StoreOptions Create(string name)
    {
        lock (_failures)
        {
            _failures.Clear();
            var provider = Provider();
            var options = new StoreOptions
            {
                Provider = provider,
                Etcd = provider == StoreProvider.Etcd ? Etcd() : new(),
                Embedded = provider == StoreProvider.Embedded ? Embedded() : new(),
            };
            return _failures.Count == 0 ? options : throw new OptionsValidationException(name, typeof(StoreOptions), [.. _failures]);
        }
    }

    private StoreProvider Provider()
    {
        const string key = "Store:Provider";
        switch (Text(key)?.ToLowerInvariant())
        {
            case null:
                return defaultProvider;
            case "embedded":
                return StoreProvider.Embedded;
            case "etcd":
                return StoreProvider.Etcd;
            default:
                Fail(key, Text(key), "embedded (a file of this process) or etcd");
                return defaultProvider;
        }
    }

    private EmbeddedOptions Embedded()
    {
        var defaults = new EmbeddedOptions();
        return defaults with
        {
            Path = Text("Store:Embedded:Path") ?? defaults.Path,
            KeepRevisions = Number("Store:Embedded:KeepRevisions", defaults.KeepRevisions, 1_000, 10_000_000),
        };
    }

    private EtcdOptions Etcd()
    {
        var defaults = new EtcdOptions();
        var options = defaults with
        {
            Endpoints = Endpoints("Store:Etcd:Endpoints") ?? defaults.Endpoints,
            Username = Text("Store:Etcd:Username"),
            Password = configuration["Store:Etcd:Password"],
            CaFile = ExistingFile("Store:Etcd:CaFile"),
            CertFile = ExistingFile("Store:Etcd:CertFile"),
            KeyFile = ExistingFile("Store:Etcd:KeyFile"),
            ConnectTimeout = Timeout("Store:Etcd:ConnectTimeout", defaults.ConnectTimeout),
            AttemptTimeout = Timeout("Store:Etcd:AttemptTimeout", defaults.AttemptTimeout),
            CallTimeout = Timeout("Store:Etcd:CallTimeout", defaults.CallTimeout),
        };
        if (options.Username is null != string.IsNullOrEmpty(options.Password))
            _failures.Add("Store:Etcd:Username and Store:Etcd:Password must be set together, or neither.");
        if (options.CertFile is null != options.KeyFile is null)
            _failures.Add("Store:Etcd:CertFile and Store:Etcd:KeyFile must be set together, or neither.");
        if ((options.CaFile ?? options.CertFile) is not null && options.Endpoints.All(e => e.Scheme != Uri.UriSchemeHttps))
            Fail("Store:Etcd:Endpoints", string.Join(',', options.Endpoints), "https:// addresses, because a certificate file is set; else nothing would be encrypted");
        return options;
    }

    private Uri[]? Endpoints(string key)
    {
        // One comma-separated text, or a JSON array.
        var section = configuration.GetSection(key);
        var texts = section.Value is null ? [.. section.GetChildren().Select(c => c.Value ?? "")] : section.Value.Split(',');
        if (texts.Length == 0)
            return null;
        var endpoints = new List<Uri>();
        foreach (var text in texts.Select(t => t.Trim()))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
                && uri is { Host.Length: > 0, AbsolutePath: "/", Query: "", UserInfo: "" })
                endpoints.Add(uri);
            else
                Fail(key, text, "addresses like http://127.0.0.1:2379 or https://etcd1.example:2379, separated by commas");
        }

        return [.. endpoints.Distinct()];
    }

    private string? ExistingFile(string key)
    {
        var path = Text(key);
        if (path is null || File.Exists(path))
            return path;
        Fail(key, path, "the path of a PEM file that exists and that this user may read");
        return null;
    }

    private TimeSpan Timeout(string key, TimeSpan fallback)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= ShortestTimeout && value <= LongestTimeout)
            return value;
        Fail(key, text, $"a time from {ShortestTimeout:c} to {LongestTimeout:c}, written hh:mm:ss");
        return fallback;
    }

    private int Number(string key, int fallback, int least, int most)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Fail(key, text, $"a whole number from {least} to {most}");
        return fallback;
    }

    private string? Text(string key) => configuration[key]?.Trim() is { Length: > 0 } text ? text : null;

    private void Fail(string key, string? value, string allowed) => _failures.Add($"{key} is '{value}'; allowed: {allowed}.");
}
