namespace Ssl.Shared.Foundation.Settings;

/// <summary>A setting that is missing, misspelt or out of range; the message names it as the user writes it. Exit code 2.</summary>
public sealed class InvalidSettingException(string message) : Exception(message);
