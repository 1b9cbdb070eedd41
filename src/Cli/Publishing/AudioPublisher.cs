using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Publishing;

/// <summary>Publishes recordings to <c>audio.raw</c>, with the CloudEvents headers of the Kafka binding (binary mode).</summary>
sealed class AudioPublisher(DownstreamPacer pacer, TimeProvider clock)
{
    const int KeyAllowance = 1000;
    static readonly TimeSpan ChunkLength = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan PieceLength = TimeSpan.FromSeconds(30);

    /// <summary>Publishes a file as one clip; one that is too large for a message, as raw PCM in pieces, one after the other.</summary>
    /// <exception cref="InvalidDataException">The file is large, and not audio that can be read.</exception>
    public Task PublishFileAsync(string path, string streamId, bool trainOptOut, CancellationToken ct) => new FileInfo(path).Length > pacer.LargestMessageBytes - KeyAllowance
        ? PublishPcmAsync(path, streamId, trainOptOut, PieceLength, () => ValueTask.CompletedTask, ct)
        : PublishClipAsync(path, streamId, trainOptOut, ct);

    /// <summary>Publishes a file as one clip, byte for byte.</summary>
    public async Task<DeliveryResult<byte[]?, byte[]?>> PublishClipAsync(string path, string streamId, bool trainOptOut, CancellationToken ct) =>
        await SendAsync(streamId, await File.ReadAllBytesAsync(path, ct), Describe(path, AudioFiles.ContentType(path), sequence: 0, trainOptOut), ct);

    /// <summary>Publishes a file as a live stream of raw PCM messages, half a second each, at the speed of speech.</summary>
    /// <returns>Seconds of audio sent.</returns>
    /// <exception cref="InvalidDataException">The file is not audio that can be read.</exception>
    public async Task<double> PublishStreamAsync(string path, string streamId, bool trainOptOut, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(ChunkLength, clock);
        return await PublishPcmAsync(path, streamId, trainOptOut, ChunkLength, async () => await timer.WaitForNextTickAsync(ct), ct);
    }

    async Task<double> PublishPcmAsync(string path, string streamId, bool trainOptOut, TimeSpan pieceLength, Func<ValueTask> afterPiece, CancellationToken ct)
    {
        var decoded = AudioFile.Read(path);
        if (!decoded.Ok)
            throw new InvalidDataException($"{path}: {decoded.Detail}");
        var pieceSamples = (int)(pieceLength.TotalSeconds * AudioFormat.SampleRateHz);
        for (var (start, sequence) = (0, 0); start < decoded.Samples.Length; start += pieceSamples, sequence++)
        {
            var piece = decoded.Samples.AsSpan(start, Math.Min(pieceSamples, decoded.Samples.Length - start));
            await SendAsync(streamId, MemoryMarshal.AsBytes(piece).ToArray(), Describe(path, AudioFormat.SegmentContentType, sequence, trainOptOut), ct);
            await afterPiece();
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
