using System.Buffers;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>
/// A multipart form (RFC 7578) as clients really send it: names with or without quotation marks, a file without a file name or of any
/// content type, fields in any order. The file is read once, into a buffer that goes back to the pool with the form.
/// </summary>
sealed class MultipartForm : IDisposable
{
    public const int FieldBytes = 256 * 1024; // of all fields beside the file
    const int PartBytes = 100; // counted for each field: a form of a million empty ones is refused
    const int FirstBytes = 1 << 20; // of a buffer: a client that only announces much gets no more

    readonly List<(string Name, string Value)> fields = [];
    byte[]? buffer;

    public ReadOnlyMemory<byte>? File { get; private set; }
    public string? FileContentType { get; private set; }

    /// <summary>The first value of a field; empty: it is absent.</summary>
    public string this[string name] => Values(name).FirstOrDefault("");

    /// <summary>
    /// As clients of several languages write it: <c>true</c>, <c>True</c>, <c>1</c>; false where it is absent; null: none of these.
    /// </summary>
    public bool? Flag(string name) => this[name].ToLowerInvariant() switch
    {
        "" or "false" or "0" => false,
        "true" or "1" => true,
        _ => null,
    };

    /// <summary>Values of a field that may be repeated, written <c>name</c>, <c>name[]</c> or <c>name[0]</c>.</summary>
    public IEnumerable<string> Values(string name) => fields.Where(f => f.Name == name).Select(f => f.Value);

    /// <exception cref="InvalidDataException">Not a multipart form, or a broken one.</exception>
    /// <exception cref="BodyTooLargeException">The file or the fields are larger than their limits.</exception>
    public static async Task<MultipartForm> ReadAsync(HttpRequest request, long maxFileBytes, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 } boundary)
            throw new InvalidDataException("expected multipart/form-data with the fields 'file' and 'model'");
        await using var body = Decompressed(request);
        var (reader, form) = (new MultipartReader(boundary.ToString(), body), new MultipartForm());
        try
        {
            await form.ReadAsync(reader, request.ContentLength ?? 0, maxFileBytes, ct);
            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (buffer is not null)
            ArrayPool<byte>.Shared.Return(buffer);
        (buffer, File) = (null, null);
    }

    /// <summary>The body without its content encoding (RFC 9110, 8.4.1); the limits count what comes out.</summary>
    static Stream Decompressed(HttpRequest request) => request.Headers.ContentEncoding.ToString().ToLowerInvariant() switch
    {
        "" or "identity" => request.Body,
        "gzip" or "x-gzip" => new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
        var other => throw new InvalidDataException($"the content encoding '{other}' is not read: gzip, br, deflate"),
    };

    async Task ReadAsync(MultipartReader reader, long contentLength, long maxFileBytes, CancellationToken ct)
    {
        var room = FieldBytes;
        while (await reader.ReadNextSectionAsync(ct) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                throw new InvalidDataException("a part has no Content-Disposition");
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString().Split('[')[0];
            if (name == "file" && File is null)
            {
                (buffer, var length) = await ReadAsync(section.Body, contentLength, maxFileBytes, "file", ct);
                (File, FileContentType) = (buffer.AsMemory(0, length), section.ContentType);
            }
            else if (name != "file")
            {
                var (value, length) = await ReadAsync(section.Body, 0, room, name, ct);
                room = Math.Max(0, room - length - name.Length - PartBytes);
                fields.Add((name, Encoding.UTF8.GetString(value, 0, length)));
                ArrayPool<byte>.Shared.Return(value);
            }
        }
    }

    /// <returns>A rented buffer.</returns>
    static async Task<(byte[] Buffer, int Length)> ReadAsync(
        Stream body, long expectedBytes, long maxBytes, string field, CancellationToken ct)
    {
        var (read, length) = (ArrayPool<byte>.Shared.Rent((int)Math.Clamp(expectedBytes, 4096, FirstBytes)), 0);
        try
        {
            for (int count; (count = await body.ReadAsync(read.AsMemory(length), ct)) > 0;)
            {
                length += count;
                if (length > maxBytes)
                    throw new BodyTooLargeException(field);
                if (length < read.Length)
                    continue;
                var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, Array.MaxLength));
                read.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(read);
                read = larger;
            }
            return (read, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(read);
            throw;
        }
    }
}

/// <summary>More was sent than is read.</summary>
/// <param name="place">The field.</param>
sealed class BodyTooLargeException(string place) : IOException
{
    public string Place => place;
}
