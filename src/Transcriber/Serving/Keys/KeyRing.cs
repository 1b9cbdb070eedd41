namespace Ssl.Transcriber.Serving.Keys;

/// <summary>
/// The keys that hold now. What once needed a key needs one until the program ends: whoever revokes the last key does not open the service
/// to everybody. Thread-safe.
/// </summary>
sealed class KeyRing
{
    volatile KeySet keys;
    volatile KeyScope everSet;

    public KeyRing(ServingOptions options)
    {
        keys = new KeySet(options);
        everSet = keys.Scopes;
    }

    /// <summary>The admin paths without a key for them are off, not open.</summary>
    public bool AdminIsOff => (keys.Scopes & KeyScope.Admin) == 0;
    public IEnumerable<ApiKey> Keys => keys.Keys;
    public LimitOptions Anonymous => keys.Anonymous;

    public bool IsNeeded(KeyScope scope) => scope == KeyScope.Admin || (everSet & scope) != 0;
    /// <summary>Whether a key that was found earlier, or none, is enough for this scope now.</summary>
    public bool Allows(ApiKey? key, KeyScope scope) =>
        !IsNeeded(scope) || keys.Keys.FirstOrDefault(k => k.Fingerprint == key?.Fingerprint)?.Scopes.HasFlag(scope) == true;
    public ApiKey? Find(string text) => keys.Find(text);

    /// <summary>Called by one thread.</summary>
    public void Replace(KeySet next) => (keys, everSet) = (next, everSet | next.Scopes);
}
