using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Ssl.Cli.Commands;
using Ssl.Cli.Settings;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Tests.Settings;

public sealed class SettingsCommandTests
{
    const int Columns = 80;

    [Fact]
    public void Every_property_of_every_options_record_is_listed_with_default_and_text()
    {
        var expected = Host([]).Services.Select(s => s.ImplementationInstance).Where(o => SectionOf(o) is not null)
            .SelectMany(o => Leaves(o!.GetType(), SectionOf(o)!)).ToArray();
        Assert.Equal(
            ["Http", "Ingest", "Kafka", "Learner", "Registry", "Telemetry", "Torch", "Transcriber"],
            expected.Select(k => k.Split(':')[0]).Distinct().Order());
        var listed = Blocks("");
        Assert.Equal(expected.Order(), listed.Select(block => block[0]).Order());
        Assert.All(listed, block =>
        {
            Assert.StartsWith("    default ", block[1]);
            Assert.True(block.Length > 2 && block[^1].Trim().Length > 0, $"{block[0]} has no text");
            Assert.All(block, line => Assert.InRange(line.Length, 1, Columns));
            Assert.DoesNotContain("Ssl.", string.Join('\n', block), StringComparison.Ordinal);
            Assert.DoesNotContain("<", string.Join('\n', block), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_host_accepts_every_setting_that_is_listed_with_its_default()
    {
        var defaults = Blocks("").Where(block => !block[0].Contains("{name}", StringComparison.Ordinal)
                && !block[0].StartsWith("Http:Certificate", StringComparison.Ordinal)) // files that are read at once
            .ToDictionary(block => block[0], block => block[1].Trim()["default ".Length..].Split(';', ' ')[0]);
        foreach (var key in defaults.Where(d => d.Value == "none").Select(d => d.Key))
            defaults[key] = key.EndsWith("Retention", StringComparison.Ordinal) ? "01:00:00"
                : key.EndsWith("Endpoint", StringComparison.Ordinal) ? "http://localhost:9" : "9";
        Host(defaults);
        Assert.Throws<InvalidSettingException>(() => Host([KeyValuePair.Create("Learner:Threadz", "9")]));
    }

    [Fact]
    public void Units_ranges_and_references_are_plain_text()
    {
        Assert.Equal(
        [
            "Learner:Replay:CapacityBytes",
            "    default 2147483648 (2 GiB); 16777216 (16 MiB) to 17592186044416 (16 TiB)",
            "    Bytes on disk. An hour of audio takes 115 MB.",
        ], Assert.Single(Blocks("replay:capacity")));
        Assert.Equal("    default 00:01:00; 00:00:01 to 1.00:00:00", Assert.Single(Blocks("Checkpoints:Every"))[1]);
        Assert.Equal("    default Reservoir; one of Reservoir, Oldest", Assert.Single(Blocks("Eviction"))[1]);
    }

    [Theory]
    [InlineData("Ingest:OpenStreams", "1000")]
    [InlineData("Learner:Batch:MicroBatches", "by itself")]
    [InlineData("Learner:Publishing:EverySteps", "Learner:Publishing:Every")]
    [InlineData("Learner:Training:Bf16", "where the hardware has it")]
    [InlineData("Learner:Training:Seed", "seed 1")]
    [InlineData("Transcriber:FineTuning:Enabled", "Transcriber:Role=Serve")]
    [InlineData("Transcriber:FineTuning:Seed", "the seed is 0")]
    [InlineData("Transcriber:Labels:LongestRecording", "30 s")]
    [InlineData("Transcriber:Labels:RetryEvery", "10 s")]
    [InlineData("Transcriber:Serving:BatchSize", "Transcriber:Serving:BatchAudioSeconds")]
    [InlineData("Transcriber:Serving:OtherModels", "Transcriber:Serving:OtherVersionsBytes")]
    [InlineData("Transcriber:Serving:RetryAfterNoModel", "15 s")]
    [InlineData("Transcriber:Serving:RetryAfterQueueFull", "2 s")]
    [InlineData("Transcriber:Stream:InFlight", "8 segments")]
    [InlineData("Transcriber:Stream:RememberedIds", "50,000")]
    public void A_former_setting_is_refused_with_what_holds_now(string key, string hint)
    {
        Assert.DoesNotContain(Blocks(""), block => block[0] == key);
        var message = Assert.Throws<InvalidSettingException>(() => Host([KeyValuePair.Create(key, "1")])).Message;
        Assert.StartsWith($"there is no setting {key} any more: ", message, StringComparison.Ordinal);
        Assert.Contains(hint, message, StringComparison.Ordinal);
    }

    static string[][] Blocks(string filter)
    {
        return [.. SettingsCommand.Matching(filter).Select(setting => SettingText.Of(setting).Split('\n'))];
    }

    static WebApplicationBuilder Host(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["Kafka:BootstrapServers"] = "127.0.0.1:9";
        builder.Configuration.AddInMemoryCollection(settings!);
        StreetHost.AddServices(builder);
        return builder;
    }

    static string? SectionOf(object? options) => options?.GetType()
        .GetField("Section", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)?.GetRawConstantValue() as string;

    static IEnumerable<string> Leaves(Type options, string path) => options.GetProperties()
        .Where(p => p.SetMethod is not null && p.PropertyType != typeof(IReadOnlyDictionary<string, string>))
        .SelectMany(p => p.PropertyType.GetGenericArguments() is [_, var named] ? Leaves(named, $"{path}:{p.Name}:{{name}}")
            : p.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal) ? Leaves(p.PropertyType, $"{path}:{p.Name}")
            : [$"{path}:{p.Name}"]);
}
