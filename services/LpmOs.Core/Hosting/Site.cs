namespace LpmOs.Core.Hosting;

/// <summary>The IDC that this service serves (setting <c>Idc</c>).</summary>
public sealed record Site(string Idc);
