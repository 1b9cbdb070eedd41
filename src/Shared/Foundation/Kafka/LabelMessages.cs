using System.Text;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Messages of <c>audio.labeled</c>.</summary>
public static class LabelMessages
{
    public static Message<byte[]?, byte[]?> ToMessage(AudioLabel label)
    {
        var headers = new Headers();
        foreach (var (name, value) in ((string, string?)[])[
            (MessageHeaders.ContentType, label.ContentType), (MessageHeaders.Text, label.Text), (MessageHeaders.Line, label.Line),
            (MessageHeaders.Speaker, label.Speaker), (MessageHeaders.Domain, label.Domain), (MessageHeaders.Split, label.Split)])
        {
            if (!string.IsNullOrEmpty(value))
                headers.Add(name, Encoding.UTF8.GetBytes(value));
        }
        return new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(label.Id), Value = label.Audio, Headers = headers };
    }

    /// <summary>Removes the label of an id.</summary>
    public static Message<byte[]?, byte[]?> Removal(string id) => new() { Key = Encoding.UTF8.GetBytes(id) };
}
