using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Safetensors;

/// <summary>A tensor's place in a safetensors file.</summary>
/// <param name="Begin">First byte, counted from the end of the header.</param>
sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
