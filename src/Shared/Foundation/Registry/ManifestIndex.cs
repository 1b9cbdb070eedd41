namespace Ssl.Shared.Foundation.Registry;

/// <summary>Of the labels of one line that are in its manifest alone; as in <see cref="LabelIndex"/>.</summary>
public sealed record ManifestIndex(byte[] Windows, byte[] Vectors);
