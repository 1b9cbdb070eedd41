using Ssl.Cli.Client;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;

namespace Ssl.Cli.Commands;

/// <summary>Turns what can go wrong outside this process into one line on standard error and exit code 1; a wrong setting: 2.</summary>
static class ClientErrors
{
    public static async Task<int> ReportAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (InvalidSettingException e)
        {
            await Console.Error.WriteLineAsync($"ssl: {e.Message}");
            return 2;
        }
        catch (Exception e) when (e is ServiceRefusedException or InvalidModelException or StaleEpochException or DllNotFoundException or IOException
            or InvalidDataException or UnauthorizedAccessException or HttpRequestException or TimeoutException or Confluent.Kafka.KafkaException)
        {
            await Console.Error.WriteLineAsync("ssl: " + (e is HttpRequestException ? $"the service cannot be reached: {e.Message}" : e.Message));
            return 1;
        }
    }
}
