namespace Ssl.Shared.Registry;

/// <summary>What a version is.</summary>
public enum ModelKind
{
    Encoder,
    Recognizer,
}
