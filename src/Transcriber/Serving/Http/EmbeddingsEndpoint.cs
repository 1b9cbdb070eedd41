using System.Globalization;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>
/// <c>POST /v1/audio/embeddings</c>: the hidden states of an encoder version for a recording, as their mean or one a frame.
/// </summary>
sealed class EmbeddingsEndpoint(EncoderRunner encoders, UploadOptions upload, ServingOptions serving)
{
    const int MaxFramesAnswered = 20_000; // of Base's 768 numbers each: 200 MB of JSON

    public Task HandleAsync(HttpContext http) =>
        Deadline.AnswerAsync(http, serving.RequestTimeout, deadline =>
            encoders.IsFull ? Task.FromResult<ApiError?>(ApiError.QueueFull) : AnswerAsync(http, deadline));

    /// <param name="deadline">Of the upload; moved once the length of the recording is known.</param>
    async Task<ApiError?> AnswerAsync(HttpContext http, CancellationTokenSource deadline)
    {
        var ct = deadline.Token;
        var (read, error) = await TranscriptionForm.ReadFormAsync(http, upload, ct);
        if (read is null)
            return error;
        using var form = read;
        if (form.Flag("per_frame") is not { } perFrame)
            return ApiError.Invalid($"'{form["per_frame"]}' is neither true nor false", "per_frame");
        if (encoders.Resolve(form["model"]) is not { } number)
            return form["model"] is "" or "encoder" ? ApiError.NotReady("no encoder has been published yet")
                : ApiError.UnknownModel($"the encoder '{form["model"]}' does not exist");
        var audio = await AudioDecoder.DecodeAsync(form.File!.Value, TranscriptionForm.Hint(form.FileContentType), upload.Limits, ct);
        if (!audio.Ok)
            return ApiError.Invalid($"the file cannot be used: {audio.Detail}", "file", "invalid_audio");
        if (audio.Samples.Length == 0)
            return ApiError.Invalid("the recording holds no sample at 16 kHz", "file", "audio_too_short");
        ApiAnswer.WarnOf(http, audio);
        if (http.UseAudio(audio.DurationSeconds) is { } limited)
            return limited;
        deadline.CancelAfter(serving.RequestTimeout + TimeSpan.FromSeconds(audio.DurationSeconds));
        try
        {
            var (body, layerError) = await encoders.RunAsync(number, model =>
                Embed(model, number, form["layer"], perFrame, audio.Samples, ct), ct);
            if (body is null)
                return layerError;
            http.Response.Headers["x-encoder-version"] = number.ToString(CultureInfo.InvariantCulture);
            await ApiAnswer.WriteJsonAsync(http, body, ApiJson.Readable.EmbeddingListBody);
            return null;
        }
        catch (InvalidModelException e)
        {
            return ApiError.NotReady($"the encoder '{EncoderRunner.NameOf(number)}' cannot be loaded: {e.Message}");
        }
    }

    static (EmbeddingListBody? Body, ApiError? Error) Embed(
        EmbeddingModel model, int number, string layerText, bool perFrame, short[] samples, CancellationToken ct)
    {
        var layer = model.LastLayer;
        if (layerText.Length > 0 && (!int.TryParse(layerText, out layer) || layer < 0 || layer > model.LastLayer))
            return (null, ApiError.Invalid($"'{layerText}' is not a layer from 0 to {model.LastLayer}", "layer"));
        if (perFrame && AudioFormat.SecondsOf(samples.Length) / model.FrameSeconds > MaxFramesAnswered)
            return (null,
                ApiError.Invalid($"at most {MaxFramesAnswered * model.FrameSeconds:0} s are answered frame by frame", "per_frame"));
        var (data, sum, count) = (new List<EmbeddingBody>(), new double[model.Size], 0);
        foreach (var frame in model.Frames(samples, layer, ct))
        {
            if (perFrame)
                data.Add(new EmbeddingBody("embedding", count, frame));
            for (var i = 0; i < sum.Length; i++)
                sum[i] += frame[i];
            count++;
        }
        if (!perFrame)
            data.Add(new EmbeddingBody("embedding", 0, [.. sum.Select(s => (float)(s / count))]));
        return (new EmbeddingListBody("list", data, EncoderRunner.NameOf(number), layer, model.FrameSeconds,
            new EmbeddingUsageBody(count, count)), null);
    }
}
