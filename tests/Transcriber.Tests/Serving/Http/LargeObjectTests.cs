using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>A request of under 30 s allocates nothing among the large objects, which only a full collection frees.</summary>
public sealed class LargeObjectTests
{
    [Theory]
    [InlineData(14, TestSoundFile.WavPcm16, 16_000, 1)]
    [InlineData(14, TestSoundFile.Flac, 44_100, 1)]
    [InlineData(5, TestSoundFile.WavPcm16, 48_000, 2)]
    [InlineData(14, TestSoundFile.Opus, 48_000, 2)]
    public async Task A_request_allocates_no_large_object(int bursts, int format, int rateHz, int channels)
    {
        short[] samples = [.. TestAudio.Bursts(bursts, rateHz: rateHz).SelectMany(s => Enumerable.Repeat(s, channels))];
        var file = TestSoundFile.Encode(samples, format, rateHz, channels);
        await using var server = await TestServer.StartAsync(new ServingOptions { Workers = 1 });
        server.Slot.Swap(new FakeModel(17).Model);
        var request = await RequestAsync(file);
        for (var i = 0; i < 5; i++) // fills the pools
            await SendAsync();
        using var large = new LargeObjects();
        for (var i = 0; i < 10; i++)
            await SendAsync();
        var seen = large.Types;
        while (!seen.Contains(typeof(Guid[]).FullName)) // reports come late, in order: this one is the last
        {
            GC.KeepAlive(new Guid[400_000]);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        Assert.DoesNotContain(seen, type => type != typeof(Guid[]).FullName);

        async Task SendAsync()
        {
            using var content = new ByteArrayContent(request.Body);
            content.Headers.TryAddWithoutValidation("Content-Type", request.Type);
            using var response = await server.PostAsync(content);
            response.EnsureSuccessStatusCode();
        }
    }

    static async Task<(byte[] Body, string Type)> RequestAsync(byte[] file)
    {
        var form = TestServer.Form(file);
        form.Add(new StringContent("ssl"), "model");
        return (await form.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), form.Headers.ContentType!.ToString());
    }

    /// <summary>Types of large objects as the runtime reports them: after every 100 kB of such allocations.</summary>
    sealed class LargeObjects : EventListener
    {
        const EventKeywords GarbageCollection = (EventKeywords)1;
        const uint Large = 1;

        public ConcurrentQueue<string> Types { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
                EnableEvents(eventSource, EventLevel.Verbose, GarbageCollection);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) == true && eventData.Payload![1] is Large)
                Types.Enqueue($"{eventData.Payload[5]}");
        }
    }
}
