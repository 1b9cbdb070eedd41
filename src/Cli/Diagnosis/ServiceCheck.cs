namespace Ssl.Cli.Diagnosis;

/// <summary>A service that runs already: whether it is ready, and whether its clock agrees.</summary>
static class ServiceCheck
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> LookAsync(Uri server, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = server, Timeout = Patience };
        HttpResponseMessage answer;
        try
        {
            answer = await http.GetAsync("health/ready", ct);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return [Finding.Ok("service", $"none runs at {server}")];
        }
        catch (HttpRequestException e)
        {
            return [Finding.Fault("service", $"{server}: {e.GetBaseException().Message}", "http or https, its certificate, its name")];
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return
            [
                Finding.Fault("service", $"{server} does not answer within {Patience.TotalSeconds:0} s",
                    "its log; /health/live says which loop is stuck"),
            ];
        }
        using (answer)
        {
            List<Finding> findings = [await OfAsync(server, answer, ct)];
            var skew = answer.Headers.Date is { } there ? there - DateTimeOffset.UtcNow : TimeSpan.Zero;
            if (skew.Duration() > ClockTolerance)
                findings.Add(Finding.Warning("clock", $"that of {server} differs by {skew.TotalSeconds:0} s", "keep both with NTP"));
            return findings;
        }
    }

    static async Task<Finding> OfAsync(Uri server, HttpResponseMessage answer, CancellationToken ct)
    {
        var body = await answer.Content.ReadAsStringAsync(ct);
        if (!body.Contains("\"problems\"", StringComparison.Ordinal))
            return Finding.Warning("service", $"something else answers at {server}", "--Urls=http://localhost:PORT gives ssl another port");
        return answer.IsSuccessStatusCode
            ? Finding.Ok("service", $"{server} is ready")
            : Finding.Warning("service", $"{server} is not ready: {body}", "before the first recognizer that is so; else its log");
    }
}
