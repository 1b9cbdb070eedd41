using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Pauses and resumes Learner and tuner, through the topic <c>control</c>.</summary>
static class LearningAdmin
{
    static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan RegistryLimit = TimeSpan.FromSeconds(10);

    public static Task GetAsync(HttpContext http) => WriteAsync(http, Switch(http).Last);

    public static async Task SetAsync(HttpContext http, bool paused)
    {
        var (who, why) = AdminPaths.Signature(http);
        LearningControl control;
        try
        {
            control = await Switch(http).SetAsync(paused, who, why, http.RequestAborted).WaitAsync(BrokerLimit);
        }
        catch (Exception e) when (e is KafkaException or TimeoutException)
        {
            await ApiAnswer.WriteErrorAsync(http, ApiError.NotReady($"the broker does not take it: {e.Message}") with
            {
                Code = "broker_unavailable",
            });
            return;
        }
        await WriteAsync(http, control);
    }

    static LearningSwitch Switch(HttpContext http) => http.RequestServices.GetRequiredService<LearningSwitch>();

    static async Task WriteAsync(HttpContext http, LearningControl? last)
    {
        var round = await RoundAsync(http.RequestServices.GetRequiredService<ModelRegistry>());
        await ApiAnswer.WriteJsonAsync(
            http, new LearningBody(last?.Paused == true, last?.Who, last?.When, last?.Why, round), AdminJson.Default.LearningBody);
    }

    /// <summary>Null also where the registry does not answer: the lever works without it.</summary>
    static async Task<RoundStatus?> RoundAsync(ModelRegistry registry)
    {
        try
        {
            return await Task.Run(() => RoundStatus.Read(registry)).WaitAsync(RegistryLimit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return null;
        }
    }
}
