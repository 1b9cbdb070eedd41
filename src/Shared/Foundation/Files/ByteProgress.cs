namespace Ssl.Shared.Foundation.Files;

/// <summary>How far a long work on a file is, for whoever waits for it.</summary>
/// <param name="Work">What is being done, e.g. <c>download model.safetensors</c>.</param>
public readonly record struct ByteProgress(string Work, long DoneBytes, long TotalBytes);
