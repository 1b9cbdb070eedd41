namespace Ssl.Shared.Foundation.Registry;

/// <summary>A small document as it was read.</summary>
/// <param name="Token">Changes with the content (an ETag); only the store knows what it means.</param>
public sealed record StoredDocument(byte[] Content, string Token);
