using Ssl.Shared.Foundation.Settings;

namespace Ssl.Transcriber.Serving.Keys;

/// <summary>
/// Reads the keys and limits in the settings again every two seconds. While the settings cannot be read (a file half written, a key
/// without a hash), the keys before hold on, so that a slip neither opens the service nor shuts everybody out.
/// </summary>
sealed class KeyFollower(KeyRing ring, LiveSettings settings, TimeProvider clock, ILogger<KeyFollower> logger) : BackgroundService
{
    const string Section = "Transcriber:Serving";
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2); // not every file system tells of changes

    string problem = ""; // logged once, not at every look

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Look();
    }

    void Look()
    {
        try
        {
            var next = new KeySet(ValidatedOptions.Read<ServingOptions>(settings.Read(), Section));
            if (!next.Keys.SequenceEqual(ring.Keys))
                logger.KeysChanged(string.Join(", ", next.Keys.Select(k => $"{k.Name} ({k.Scopes})")));
            if (next.Anonymous != ring.Anonymous)
                logger.AnonymousLimitsChanged();
            ring.Replace(next);
            problem = "";
        }
        catch (Exception e) when (e is InvalidSettingException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (problem != e.Message)
                logger.KeysUnreadable(problem = e.Message);
        }
    }
}
