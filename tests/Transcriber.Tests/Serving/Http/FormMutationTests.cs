using System.Text;
using Microsoft.AspNetCore.Http;
using Ssl.TestKit;
using Ssl.Transcriber.Serving.Http;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>Damaged multipart forms: each is read or refused with a reason (<see cref="Fuzz"/>).</summary>
[Trait("kind", "fuzz")]
public sealed class FormMutationTests
{
    const string ContentType = "multipart/form-data; boundary=xyz";

    [Fact]
    public Task Damaged_forms_are_read_or_refused()
    {
        var wav = TestAudio.Wav(TestAudio.Bursts(1).AsSpan(0, 2_000));
        byte[] form =
        [
            .. "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nssl\r\n"u8,
            .. "--xyz\r\nContent-Disposition: form-data; name=\"timestamp_granularities[]\"\r\n\r\nword\r\n"u8,
            .. "--xyz\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\nverbose_json\r\n"u8,
            .. "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n"u8,
            .. wav, .. "\r\n--xyz--\r\n"u8,
        ];
        string[] words = ["--xyz", "--xyz--", "\r\n", "\r\n\r\n", "name=", "\"", "filename*=UTF-8''%", "Content-Disposition:",
            "\0", "[", ";"];
        return new Fuzz("multipart", [form]) { Words = words }.RunAsync(bytes => Read(bytes, ContentType));
    }

    [Fact]
    public Task Damaged_content_types_of_forms_are_understood_or_refused()
    {
        byte[] form = [.. "--xyz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nssl\r\n--xyz--\r\n"u8];
        return new Fuzz("boundary", [Encoding.UTF8.GetBytes(ContentType)]) { Words = ["\"", "boundary=", ";", "\0", new string('x', 500)] }
            .RunAsync(bytes => Read(form, Encoding.UTF8.GetString(bytes)));
    }

    static string Read(byte[] body, string contentType)
    {
        var http = new DefaultHttpContext();
        (http.Request.Body, http.Request.ContentType) = (new MemoryStream(body), contentType);
        var (read, error) = TranscriptionForm.ReadFormAsync(http, new UploadOptions(), CancellationToken.None).GetAwaiter().GetResult();
        using var form = read;
        var request = form is null ? null : TranscriptionForm.ReadFields(form).Request;
        error ??= request is null ? TranscriptionForm.ReadFields(form!).Error : null;
        Assert.True(request is null ? error!.Message.Length > 0 : form!.File!.Value.Length > 0);
        return request is null ? $"refused {error!.Param ?? "form"}" : "read";
    }
}
