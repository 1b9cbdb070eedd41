using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Ssl.Shared.Audio;
using Ssl.Shared.Contracts;
using Ssl.Shared.Kafka;

namespace Ssl.Cli.Publishing;

/// <summary>Publishes recordings to <c>audio.raw</c>, with the CloudEvents headers of the Kafka binding (binary mode).</summary>
sealed class AudioPublisher(DownstreamPacer pacer, TimeProvider clock)
{
    static readonly TimeSpan ChunkLength = TimeSpan.FromMilliseconds(500);

    /// <summary>Publishes a file as one clip, byte for byte.</summary>
    public async Task<DeliveryResult<byte[]?, byte[]?>> PublishClipAsync(string path, string streamId, bool trainOptOut, CancellationToken ct)
    {
        var headers = Describe(path, AudioFiles.ContentType(path), sequence: 0, trainOptOut);
        return await SendAsync(streamId, await File.ReadAllBytesAsync(path, ct), headers, ct);
    }

    /// <summary>Publishes a file as a live stream of raw PCM messages, half a second each, at the speed of speech.</summary>
    /// <returns>Seconds of audio sent.</returns>
    /// <exception cref="InvalidDataException">The file is not audio that can be read.</exception>
    public async Task<double> PublishStreamAsync(string path, string streamId, bool trainOptOut, CancellationToken ct)
    {
        var decoded = AudioFile.Read(path);
        if (!decoded.Ok)
            throw new InvalidDataException($"{path}: {decoded.Detail}");
        var chunkSamples = (int)(ChunkLength.TotalSeconds * AudioFormat.SampleRateHz);
        using var timer = new PeriodicTimer(ChunkLength, clock);
        for (var (start, sequence) = (0, 0); start < decoded.Samples.Length; start += chunkSamples, sequence++)
        {
            var chunk = decoded.Samples.AsSpan(start, Math.Min(chunkSamples, decoded.Samples.Length - start));
            await SendAsync(streamId, MemoryMarshal.AsBytes(chunk).ToArray(), Describe(path, AudioFormat.SegmentContentType, sequence, trainOptOut), ct);
            await timer.WaitForNextTickAsync(ct);
        }
        return decoded.DurationSeconds;
    }

    Task<DeliveryResult<byte[]?, byte[]?>> SendAsync(string streamId, byte[] value, Headers headers, CancellationToken ct) =>
        pacer.ProduceAsync(new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(streamId), Value = value, Headers = headers }, ct);

    Headers Describe(string path, string? contentType, int sequence, bool trainOptOut)
    {
        var headers = new Headers();
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        if (contentType is not null)
            Add(MessageHeaders.ContentType, contentType);
        Add(MessageHeaders.SpecVersion, "1.0");
        Add(MessageHeaders.Type, "audio.raw");
        Add(MessageHeaders.Source, "ssl publish");
        Add(MessageHeaders.Id, $"{Path.GetFileName(path)}/{Guid.CreateVersion7()}");
        Add(MessageHeaders.Time, clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        Add(MessageHeaders.Sequence, sequence.ToString(CultureInfo.InvariantCulture));
        if (trainOptOut)
            Add(MessageHeaders.TrainOptOut, "true");
        return headers;
    }
}
