using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>Figures in a manifest's <c>scores</c>: <see cref="EncoderScores"/> or <see cref="RecognizerScores"/>.</summary>
[JsonConverter(typeof(Converter))]
public abstract record ModelScores
{
    /// <summary>The two kinds of figures have no name in common, so the names tell the kind.</summary>
    internal sealed class Converter : JsonConverter<ModelScores>
    {
        const string NameOfEncoderScore = "contrastive_loss";

        public override ModelScores? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var scores = JsonElement.ParseValue(ref reader);
            if (!scores.EnumerateObject().Any()) // as imported versions once had it
                return null;
            return scores.TryGetProperty(NameOfEncoderScore, out _)
                ? scores.Deserialize(RegistryJson.Default.EncoderScores)
                : scores.Deserialize(RegistryJson.Default.RecognizerScores);
        }

        public override void Write(Utf8JsonWriter writer, ModelScores value, JsonSerializerOptions options)
        {
            if (value is EncoderScores encoder)
                JsonSerializer.Serialize(writer, encoder, RegistryJson.Default.EncoderScores);
            else
                JsonSerializer.Serialize(writer, (RecognizerScores)value, RegistryJson.Default.RecognizerScores);
        }
    }
}
