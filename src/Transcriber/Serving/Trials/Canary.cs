using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Trials;

/// <summary>
/// Lets the candidate answer a share of the clients that ask for the champion. A client stays with one version for as long as there is
/// this candidate. Thread-safe.
/// </summary>
sealed class Canary(Candidate candidate, ModelCatalog catalog, ServingOptions options, ILogger<Canary> logger)
{
    volatile int failed; // the candidate that could not be loaded: said once

    /// <param name="client">Name of the client's key, or its address.</param>
    /// <returns>Null: the champion answers.</returns>
    public async Task<ModelLease?> TryLeaseAsync(string client, CancellationToken ct)
    {
        if (options.CanaryShare <= 0 || candidate.ForAnswers is not { } number || number == failed
            || Place(client, number) >= options.CanaryShare)
            return null;
        var outcome = await catalog.LeaseAsync(number, ct);
        if (outcome.Lease is null && !outcome.IsBusy)
            logger.CandidateUnusable(failed = number, outcome.Reason);
        return outcome.Lease;
    }

    /// <summary>From 0 to below 1, the same for a client and a candidate in every replica.</summary>
    internal static double Place(string client, int number) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{number}/{client}"))) / (uint.MaxValue + 1.0);
}
