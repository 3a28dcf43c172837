using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LpmOs.Core.Metrics;

/// <summary>
/// The process's meters as Prometheus text (exposition format 0.0.4). The exporter package cannot be had, and the format is small;
/// see https://prometheus.io/docs/instrumenting/exposition_formats/.
/// </summary>
public sealed class MetricsPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    /// <summary>Tags come from requests too, so their number is bounded.</summary>
    private const int MostSeries = 2000;
    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Name, string Labels), Series> _series = new();

    public MetricsPage()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("LpmOs", StringComparison.Ordinal)
                || instrument.Meter.Name is "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel" or "System.Runtime")
                listener.EnableMeasurementEvents(instrument, new Known(instrument));
        };
        _listener.SetMeasurementEventCallback<double>((_, value, tags, known) => Record((Known)known!, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, known) => Record((Known)known!, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, known) => Record((Known)known!, value, tags));
        _listener.Start();
    }

    public string Render()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in _series.Values.GroupBy(series => series.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(family.First().Type).Append('\n');
            foreach (var series in family)
                series.Write(text);
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Known instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.Find(tags) is not { } series)
        {
            var labels = Labels(tags);
            if (!_series.TryGetValue((instrument.Name, labels), out series))
            {
                if (_series.Count >= MostSeries)
                    return;
                series = _series.GetOrAdd((instrument.Name, labels), key => new Series(key.Name, key.Labels, instrument.Kind));
            }
            instrument.Keep(tags, series);
        }
        series.Add(value);
    }

    /// <summary>An instrument, and the series of the tags that it was seen with: every request is counted several times, and its labels are text only once.</summary>
    private sealed class Known(Instrument instrument)
    {
        private readonly ConcurrentDictionary<int, (KeyValuePair<string, object?>[] Tags, Series Series)> _seen = new();

        public string Name { get; } = Sanitize(instrument.Name) + (instrument.Unit == "s" ? "_seconds" : "");
        public Kinds Kind { get; } = MetricsPage.Kind(instrument);

        public Series? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _seen.TryGetValue(Hash(tags), out var seen) && AreSame(tags, seen.Tags) ? seen.Series : null;

        /// <summary>Of two sets of tags with one hash the first is kept; the other one is found the long way.</summary>
        public void Keep(ReadOnlySpan<KeyValuePair<string, object?>> tags, Series series)
        {
            if (_seen.Count < MostSeries)
                _seen.TryAdd(Hash(tags), (tags.ToArray(), series));
        }

        // A pair of key and value has no Equals of its own: the framework's comparison boxes both, and goes by reflection.
        private static bool AreSame(ReadOnlySpan<KeyValuePair<string, object?>> tags, KeyValuePair<string, object?>[] known)
        {
            if (tags.Length != known.Length)
                return false;
            for (var i = 0; i < known.Length; i++)
            {
                if (tags[i].Key != known[i].Key || !Equals(tags[i].Value, known[i].Value))
                    return false;
            }
            return true;
        }

        private static int Hash(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var hash = new HashCode();
            foreach (var (key, value) in tags)
            {
                hash.Add(key);
                hash.Add(value);
            }
            return hash.ToHashCode();
        }
    }

    // Observable counters report totals; everything else that is not a histogram or gauge is added up here.
    private static Kinds Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        var type when type.StartsWith("Histogram", StringComparison.Ordinal) => Kinds.Histogram,
        var type when type.StartsWith("ObservableCounter", StringComparison.Ordinal) => Kinds.Total,
        var type when type.StartsWith("Observable", StringComparison.Ordinal) || type.StartsWith("Gauge", StringComparison.Ordinal) => Kinds.Gauge,
        var type when type.StartsWith("UpDownCounter", StringComparison.Ordinal) => Kinds.UpDown,
        _ => Kinds.Counter,
    };

    private static string Sanitize(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            var shown = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(text.Length > 0 ? "," : "").Append(Sanitize(key)).Append("=\"")
                .Append(shown.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }
        return text.ToString();
    }

    private enum Kinds { Counter, Total, UpDown, Gauge, Histogram }

    private sealed class Series(string name, string labels, Kinds kind)
    {
        private readonly Lock _gate = new();
        private readonly long[] _buckets = new long[Buckets.Length];
        private double _sum;
        private long _count;

        public string Name => name;
        public string Type => kind switch { Kinds.Histogram => "histogram", Kinds.Counter or Kinds.Total => "counter", _ => "gauge" };

        public void Add(double value)
        {
            lock (_gate)
            {
                _count++;
                _sum = kind is Kinds.Total or Kinds.Gauge ? value : _sum + value;
                for (var i = 0; i < Buckets.Length && kind == Kinds.Histogram; i++)
                    _buckets[i] += value <= Buckets[i] ? 1 : 0;
            }
        }

        public void Write(StringBuilder text)
        {
            lock (_gate)
            {
                if (kind != Kinds.Histogram)
                {
                    Line(text, "", labels, _sum);
                    return;
                }
                var lead = labels.Length > 0 ? labels + "," : "";
                for (var i = 0; i < Buckets.Length; i++)
                    Line(text, "_bucket", lead + "le=\"" + Buckets[i].ToString(CultureInfo.InvariantCulture) + "\"", _buckets[i]);
                Line(text, "_bucket", lead + "le=\"+Inf\"", _count);
                Line(text, "_sum", labels, _sum);
                Line(text, "_count", labels, _count);
            }
        }

        private void Line(StringBuilder text, string suffix, string withLabels, double value)
        {
            text.Append(name).Append(suffix);
            if (withLabels.Length > 0)
                text.Append('{').Append(withLabels).Append('}');
            text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
    }
}
