namespace Ssl.Transcriber.Serving.Models;

/// <summary>Why a version cannot be leased.</summary>
enum LeaseRefusal
{
    None,

    /// <summary>There is no champion yet.</summary>
    NotReady,

    /// <summary>No version has this name.</summary>
    Unknown,

    /// <summary>The registry holds it, but it does not load.</summary>
    Broken,
}
