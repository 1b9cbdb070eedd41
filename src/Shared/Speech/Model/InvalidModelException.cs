namespace Ssl.Shared.Speech.Model;

/// <summary>A model file that cannot be used; the message names file, key, expected and found. Nothing was loaded.</summary>
public sealed class InvalidModelException(string message) : Exception(message);
