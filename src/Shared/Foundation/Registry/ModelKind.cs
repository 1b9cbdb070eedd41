namespace Ssl.Shared.Foundation.Registry;

/// <summary>What a version is.</summary>
public enum ModelKind
{
    Encoder,
    Recognizer,
}
