namespace Ssl.Shared.Speech.Safetensors;

/// <summary>A safetensors file that breaks its format; the message says where.</summary>
public sealed class InvalidSafetensorsException(string path, string problem) : Exception($"{path}: {problem}");
