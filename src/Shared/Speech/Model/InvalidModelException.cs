namespace Ssl.Shared.Speech.Model;

/// <summary>A model folder that cannot be used; the message names the file, the key, what was expected and what was found. Nothing was loaded.</summary>
public sealed class InvalidModelException(string message) : Exception(message);
