using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Foundation.Tests.Telemetry;

public sealed class TracesTests
{
    const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const string Parent = $"00-{TraceId}-00f067aa0ba902b7-01";

    [Fact]
    public async Task A_collector_gets_the_span_of_a_message_in_its_senders_trace()
    {
        var ct = TestContext.Current.CancellationToken;
        var bodies = Channel.CreateUnbounded<byte[]>();
        await using var collector = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]).Build();
        collector.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            var body = new MemoryStream();
            await request.Body.CopyToAsync(body, ct);
            bodies.Writer.TryWrite(body.ToArray());
        });
        await collector.StartAsync(ct);
        await using (var service = Service($"--Telemetry:OtlpEndpoint={collector.Urls.Single()}"))
        {
            await service.StartAsync(ct);
            using (Traces.Consume(Message(Parent)))
                Assert.StartsWith($"00-{TraceId}-", Traces.ParentAfter(Message(null)));
            await service.StopAsync(ct);
        }
        var sent = await bodies.Reader.ReadAsync(ct);
        Assert.True(sent.AsSpan().IndexOf(Convert.FromHexString(TraceId)) >= 0, "the trace's id is not in what the collector got");
        Assert.True(sent.AsSpan().IndexOf("audio.raw process"u8) >= 0);
        Assert.True(sent.AsSpan().IndexOf("caller-17"u8) < 0, "a stream id has no place in a trace");
    }

    [Fact]
    public void Without_a_collector_the_senders_parent_is_handed_on()
    {
        Assert.Null(Traces.Consume(Message(Parent)));
        Assert.Equal(Parent, Traces.ParentAfter(Message(Parent)));
    }

    [Fact]
    public async Task Logs_as_json_name_their_trace()
    {
        var output = new StringWriter();
        var former = Console.Out;
        Console.SetOut(output);
        try
        {
            using var activity = new Activity("work").SetIdFormat(ActivityIdFormat.W3C).Start();
            await using (var service = Service("--Telemetry:Logs=Json"))
                service.Logger.LogWarning("seen");
            Assert.Contains($"\"TraceId\":\"{activity.TraceId}\"", output.ToString());
        }
        finally
        {
            Console.SetOut(former);
        }
    }

    static WebApplication Service(string setting)
    {
        var builder = SslHost.CreateBuilder([setting, "--urls=http://127.0.0.1:0", "--Kafka:BootstrapServers=127.0.0.1:1"], 0);
        builder.AddSslDefaults();
        return builder.Build();
    }

    static ConsumedMessage Message(string? parent)
    {
        var message = new ConsumedMessage(Topics.AudioRaw, 0, 3, "caller-17"u8.ToArray(), [1], [], null);
        if (parent is not null)
            message.Headers.Add(MessageHeaders.TraceParent, Encoding.UTF8.GetBytes(parent));
        return message;
    }
}
