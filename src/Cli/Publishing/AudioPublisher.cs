using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Publishing;

/// <summary>Publishes recordings to <c>audio.raw</c>, with the CloudEvents headers of the Kafka binding (binary mode).</summary>
sealed class AudioPublisher(KafkaClients clients, TimeProvider clock) : IDisposable
{
    const int MaxKeyBytes = 1000; // and headers
    static readonly TimeSpan LivePiece = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan FilePiece = TimeSpan.FromSeconds(30);

    readonly DownstreamPacer pacer = new(clients, Topics.AudioRaw, [ConsumerGroups.Ingest]) { WaitsForBroker = false };

    /// <summary>Publishes a file as one clip, or as raw PCM in pieces if it is too large for a message.</summary>
    /// <param name="done">Told which share of the file is published, where it is published in pieces.</param>
    /// <exception cref="InvalidDataException">The file is too large for a message and cannot be decoded.</exception>
    public Task PublishFileAsync(string path, string streamId, bool trainOptOut, Action<double>? done, CancellationToken ct) =>
        new FileInfo(path).Length <= pacer.LargestMessageBytes - MaxKeyBytes
            ? PublishClipAsync(path, streamId, trainOptOut, ct)
            : PublishPcmAsync(path, streamId, trainOptOut, FilePiece, share =>
            {
                done?.Invoke(share);
                return ValueTask.CompletedTask;
            }, ct);

    /// <summary>Publishes a file as one clip, byte for byte.</summary>
    public async Task<DeliveryResult<byte[]?, byte[]?>> PublishClipAsync(
        string path, string streamId, bool trainOptOut, CancellationToken ct) =>
        await SendAsync(streamId, await File.ReadAllBytesAsync(path, ct), Headers(path, AudioFiles.ContentType(path), 0, trainOptOut), ct);

    /// <summary>Publishes a file as a live stream of raw PCM messages of half a second, in real time.</summary>
    /// <param name="done">Told which share of the file is published.</param>
    /// <exception cref="InvalidDataException">The file cannot be decoded.</exception>
    public async Task PublishStreamAsync(string path, string streamId, bool trainOptOut, Action<double>? done, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LivePiece, clock);
        await PublishPcmAsync(path, streamId, trainOptOut, LivePiece, async share =>
        {
            done?.Invoke(share);
            await timer.WaitForNextTickAsync(ct);
        }, ct);
    }

    public void Dispose() => pacer.Dispose();

    async Task PublishPcmAsync(
        string path, string streamId, bool trainOptOut, TimeSpan pieceLength, Func<double, ValueTask> afterPiece, CancellationToken ct)
    {
        var decoded = AudioFile.Read(path);
        if (!decoded.Ok)
            throw new InvalidDataException($"{path}: {decoded.Detail}");
        var pieceSamples = (int)(pieceLength.TotalSeconds * AudioFormat.SampleRateHz);
        foreach (var (sequence, piece) in decoded.Samples.Chunk(pieceSamples).Index())
        {
            var headers = Headers(path, AudioFormat.SegmentContentType, sequence, trainOptOut);
            await SendAsync(streamId, MemoryMarshal.AsBytes<short>(piece).ToArray(), headers, ct);
            await afterPiece(((double)sequence * pieceSamples + piece.Length) / decoded.Samples.Length);
        }
    }

    Task<DeliveryResult<byte[]?, byte[]?>> SendAsync(string streamId, byte[] value, Headers headers, CancellationToken ct) =>
        pacer.ProduceAsync(new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(streamId), Value = value, Headers = headers }, ct);

    Headers Headers(string path, string? contentType, int sequence, bool trainOptOut)
    {
        var headers = new Headers();
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        if (contentType is not null)
            Add(MessageHeaders.ContentType, contentType);
        Add(MessageHeaders.SpecVersion, "1.0");
        Add(MessageHeaders.Type, "audio.raw");
        Add(MessageHeaders.Source, "ssl publish");
        Add(MessageHeaders.Id, $"{Path.GetFileName(path)}/{Guid.CreateVersion7()}");
        Add(MessageHeaders.Time, $"{clock.GetUtcNow():O}");
        Add(MessageHeaders.Sequence, $"{sequence}");
        if (trainOptOut)
            Add(MessageHeaders.TrainOptOut, "true");
        return headers;
    }
}
