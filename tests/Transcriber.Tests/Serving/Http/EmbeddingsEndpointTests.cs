using System.Net;
using System.Text.Json;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.Transcriber.Tests.Serving.Http;

public sealed class EmbeddingsEndpointTests
{
    static readonly byte[] Recording = TestAudio.Wav(TestAudio.Bursts(1));

    [Fact]
    public async Task A_recording_becomes_the_mean_of_its_frames_by_the_newest_encoder()
    {
        await using var server = await StartAsync();
        using var response = await AskAsync(server);
        var json = await TestServer.JsonAsync(response);
        Assert.Equal("list", json.GetProperty("object").GetString());
        Assert.Equal("encoder@2", json.GetProperty("model").GetString());
        Assert.Equal(2, json.GetProperty("layer").GetInt32());
        Assert.Equal("2", Assert.Single(response.Headers.GetValues("x-encoder-version")));
        var mean = Vectors(json).Single();
        using var perFrame = await AskAsync(server, ("per_frame", "true"));
        var frames = Vectors(await TestServer.JsonAsync(perFrame));
        Assert.InRange(frames.Length, 60, 70); // 2 s, a frame every 30 ms
        Assert.Equal(frames.Average(f => f[0]), mean[0], 1e-4);
        Assert.Equal(Tones.SmallEncoder.HiddenSize, mean.Length);
    }

    [Fact]
    public async Task Layer_and_version_can_be_chosen()
    {
        await using var server = await StartAsync();
        var answers = new List<double[]>();
        foreach (var fields in new (string, string)[][] { [], [("layer", "0")], [("layer", "1")], [("model", "encoder@1")] })
        {
            using var response = await AskAsync(server, fields);
            answers.Add(Vectors(await TestServer.JsonAsync(response)).Single());
        }
        Assert.Equal(4, answers.Select(a => a[0]).Distinct().Count());
    }

    [Theory]
    [InlineData("layer", "3", HttpStatusCode.BadRequest, "'3' is not a layer from 0 to 2")]
    [InlineData("layer", "x", HttpStatusCode.BadRequest, "'x' is not a layer from 0 to 2")]
    [InlineData("per_frame", "maybe", HttpStatusCode.BadRequest, "'maybe' is neither true nor false")]
    [InlineData("model", "encoder@9", HttpStatusCode.NotFound, "the encoder 'encoder@9' does not exist")]
    [InlineData("model", "ssl", HttpStatusCode.NotFound, "the encoder 'ssl' does not exist")]
    public async Task A_field_that_cannot_be_used_is_named(string field, string value, HttpStatusCode code, string message)
    {
        await using var server = await StartAsync();
        using var response = await AskAsync(server, (field, value));
        Assert.Equal(code, response.StatusCode);
        Assert.Equal(message, (await TestServer.ErrorAsync(response)).Message);
    }

    [Fact]
    public async Task Before_the_first_encoder_the_answer_is_503()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await AskAsync(server);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    static double[][] Vectors(JsonElement json) =>
        [.. json.GetProperty("data").EnumerateArray()
            .Select(d => d.GetProperty("embedding").EnumerateArray().Select(x => x.GetDouble()).ToArray())];

    static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        for (var seed = 1; seed <= 2; seed++)
        {
            using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed);
            var epoch = server.Registry.AcquireEpoch("learner");
            server.Registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = "healthy" }, epoch, f =>
                ModelFolder.SaveEncoder(f, encoder));
        }
        return server;
    }

    static Task<HttpResponseMessage> AskAsync(TestServer server, params (string Name, string Value)[] fields)
    {
        var form = TestServer.Form(Recording);
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return server.Client.PostAsync("v1/audio/embeddings", form, TestContext.Current.CancellationToken);
    }
}
