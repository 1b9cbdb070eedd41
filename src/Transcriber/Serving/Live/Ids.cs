using System.Security.Cryptography;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>Ids in the contract's style: a kind and random letters.</summary>
static class Ids
{
    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string New(string kind) => $"{kind}_{RandomNumberGenerator.GetString(Letters, 21)}";
}
