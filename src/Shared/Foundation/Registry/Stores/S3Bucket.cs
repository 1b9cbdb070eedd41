using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Shared.Foundation.Registry.Stores;

/// <summary>
/// Requests on the keys below a prefix of a bucket, one after the other on the caller's thread. A server that does not answer, or not to
/// the end, is tried again until two minutes are over. Thread-safe.
/// </summary>
sealed class S3Bucket : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1); // of a part of an upload, too
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    const int CopyBytes = 1 << 20;

    readonly AmazonS3Client client;
    readonly string bucket;
    readonly string prefix;
    readonly TimeProvider clock;
    readonly TimeSpan stallLimit;

    /// <param name="credentials">Null: those that the SDK finds (environment, profile, role of the machine).</param>
    /// <param name="stallLimit">How long an answer may stand still; 20 s by default.</param>
    public S3Bucket(S3Address address, AWSCredentials? credentials, TimeProvider clock, TimeSpan? stallLimit = null)
    {
        (bucket, prefix, this.clock, this.stallLimit) = (address.Bucket, address.Prefix, clock, stallLimit ?? TimeSpan.FromSeconds(20));
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0, // here, where it is known what an answer means
            Timeout = AnswerLimit,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, // of the compatible servers not all know the newer ones
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (address.Endpoint is { } endpoint)
            (config.ServiceURL, config.ForcePathStyle, config.AuthenticationRegion) = (endpoint, true, address.Region);
        else
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(address.Region);
        client = credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    /// <summary>Told how far uploads and downloads of files are.</summary>
    public IProgress<ByteProgress>? Transfers { get; init; }

    /// <summary>An object with its ETag; null: there is none.</summary>
    public StoredDocument? Get(string key) => Try(() =>
    {
        try
        {
            using var response = client.GetObjectAsync(bucket, prefix + key).GetAwaiter().GetResult();
            var content = new MemoryStream();
            CopyAsync(response.ResponseStream, content).GetAwaiter().GetResult();
            return content.Length == response.ContentLength
                ? new StoredDocument(content.ToArray(), response.ETag)
                : throw new IOException($"{key} ended after {content.Length} of {response.ContentLength} bytes");
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return null;
        }
    });

    /// <summary>
    /// Writes an object if it is still the one with this ETag. An answer that got lost is no mystery: what is there is then read, and is
    /// what was to be written, or not.
    /// </summary>
    /// <param name="etag">Null: there must be none.</param>
    public bool Put(string key, ReadOnlySpan<byte> content, string? etag)
    {
        var bytes = content.ToArray();
        var unanswered = false; // an earlier try may have written it
        return Try(() =>
        {
            try
            {
                var request = new PutObjectRequest { BucketName = bucket, Key = prefix + key, InputStream = new MemoryStream(bytes) };
                if (etag is null)
                    request.IfNoneMatch = "*";
                else
                    request.IfMatch = etag;
                client.PutObjectAsync(request).GetAwaiter().GetResult();
                return true;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed || IsMissing(e))
            {
                return unanswered && Get(key) is { } there && there.Content.AsSpan().SequenceEqual(bytes);
            }
            catch (Exception e) when (e is not AmazonS3Exception)
            {
                unanswered = true;
                throw;
            }
        });
    }

    /// <summary>Writes a file, in parts where it is large.</summary>
    public void Upload(string key, string path) => Try(() =>
    {
        using var transfer = new TransferUtility(client);
        var request = new TransferUtilityUploadRequest { FilePath = path, BucketName = bucket, Key = prefix + key };
        request.UploadProgressEvent += (_, now) => Report("upload", key, now.TransferredBytes, now.TotalBytes);
        transfer.UploadAsync(request).GetAwaiter().GetResult();
        return true;
    });

    /// <summary>Appends to a file what it lacks of an object.</summary>
    /// <returns>False: there is no such object.</returns>
    /// <exception cref="IOException">The server does not answer, or stalls again and again.</exception>
    public bool Download(string key, string path) => Try(() =>
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
        file.Seek(0, SeekOrigin.End);
        // A range even from the beginning: the SDK would compare the whole with a hash, which is the manifest's business.
        var request = new GetObjectRequest { BucketName = bucket, Key = prefix + key, ByteRange = new ByteRange($"bytes={file.Length}-") };
        try
        {
            using var response = client.GetObjectAsync(request).GetAwaiter().GetResult();
            if (file.Length > 0 && response.HttpStatusCode != HttpStatusCode.PartialContent)
                file.SetLength(0); // it sends all of it again
            var end = file.Length + response.ContentLength;
            CopyAsync(response.ResponseStream, file, () => Report("download", key, file.Length, end)).GetAwaiter().GetResult();
            file.Flush(flushToDisk: true);
            return file.Length == end ? true : throw new IOException($"{key} ended after {file.Length} of {end} bytes");
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return true; // all of it is there
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return false;
        }
    });

    /// <summary>Names directly below a folder, of folders or of objects.</summary>
    public IReadOnlyList<string> Names(string folder, bool folders) => Try(() =>
    {
        var names = new List<string>();
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = $"{prefix}{folder}/", Delimiter = "/" };
        ListObjectsV2Response page;
        do
        {
            page = client.ListObjectsV2Async(request).GetAwaiter().GetResult();
            var keys = folders ? page.CommonPrefixes ?? [] : (page.S3Objects ?? []).Select(o => o.Key);
            names.AddRange(keys.Select(key => key[request.Prefix.Length..].TrimEnd('/')));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return names;
    });

    public void Delete(string key) => Try(() => client.DeleteObjectAsync(bucket, prefix + key).GetAwaiter().GetResult());

    public void Dispose() => client.Dispose();

    void Report(string work, string key, long doneBytes, long totalBytes) =>
        Transfers?.Report(new ByteProgress($"{work} {key[(key.LastIndexOf('/') + 1)..]}", doneBytes, totalBytes));

    async Task CopyAsync(Stream from, Stream to, Action? copied = null)
    {
        var buffer = new byte[CopyBytes];
        while (true)
        {
            using var stalled = new CancellationTokenSource(stallLimit, clock);
            var read = await from.ReadAsync(buffer, stalled.Token);
            if (read == 0)
                return;
            await to.WriteAsync(buffer.AsMemory(0, read), stalled.Token);
            copied?.Invoke();
        }
    }

    /// <exception cref="IOException">It did not succeed in time, or the server refuses.</exception>
    T Try<T>(Func<T> request)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return request();
            }
            catch (Exception e) when (IsPassing(e) && clock.GetElapsedTime(started) < Patience)
            {
                Thread.Sleep(Pause);
            }
            catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
                or OperationCanceledException)
            {
                throw new IOException($"s3://{bucket}/{prefix}: {e.Message}", e);
            }
        }
    }

    /// <summary>An object that is not there; a bucket that is not is a mistake in the settings.</summary>
    static bool IsMissing(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket";

    /// <summary>No answer, a broken one, a server in trouble (5xx, 429), or another conditional write under way (409).</summary>
    static bool IsPassing(Exception e) => e switch
    {
        AmazonS3Exception { StatusCode: var code } => code is 0 or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
            or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError,
        AmazonClientException { InnerException: null } => false, // no credentials
        AmazonClientException or HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };
}
