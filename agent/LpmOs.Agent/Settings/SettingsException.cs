namespace LpmOs.Agent.Settings;

/// <summary>A setting cannot be used; the message names it, its value and what is allowed.</summary>
internal sealed class SettingsException(string message) : Exception(message);
