namespace LpmOs.Cli.Output;

/// <summary>How answers are written.</summary>
internal enum OutputFormat
{
    /// <summary>For people; its look may change.</summary>
    Table,
    Json,
    Yaml,
    Csv,
}
