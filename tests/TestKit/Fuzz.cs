using System.Globalization;
using System.Text;
using Xunit;

namespace Ssl.TestKit;

/// <summary>
/// Damaged inputs of one format, each the same in every run: read, or refused with a reason, never a crash and never without end.
/// <c>SSL_FUZZ</c>: how many of each format (<c>make fuzz</c>: 10,000, of those that cost a process 500). What fails is kept in
/// <c>artifacts/fuzz</c>, and so is the input under work, which a crash of the whole process leaves there.
/// </summary>
public sealed class Fuzz(string format, IReadOnlyList<byte[]> seeds)
{
    const int ProcessShare = 20; // of inputs that cost a process
    static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(120); // of an input; the slowest takes a second on a quiet machine
    static readonly int? Asked =
        int.TryParse(Environment.GetEnvironmentVariable("SSL_FUZZ"), CultureInfo.InvariantCulture, out var count) ? count : null;

    readonly SortedDictionary<string, int> outcomes = new(StringComparer.Ordinal);
    readonly List<string> failures = [];

    /// <summary>Inputs without <c>SSL_FUZZ</c>.</summary>
    public int Count { get; init; } = 500;
    public bool CostsAProcess { get; init; }
    /// <summary>What hurts the readers of a text format.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
    /// <summary>Applied to every second input: checksums, without which a reader looks no further.</summary>
    public Action<byte[]>? Repair { get; init; }

    static string Folder => Directory.CreateDirectory(Path.Combine(SharedFolder.RepositoryRoot, "artifacts", "fuzz")).FullName;

    /// <summary>
    /// Runs them one after the other and prints the counts by outcome; whatever <paramref name="read"/> throws is a failure.
    /// </summary>
    /// <param name="read">Reads an input and says what became of it: few different words.</param>
    public async Task RunAsync(Func<byte[], string> read)
    {
        var mutations = new Mutations(seeds, [.. Words.Select(Encoding.UTF8.GetBytes)]);
        var count = Asked is not { } asked ? Count : CostsAProcess ? Math.Max(1, asked / ProcessShare) : asked;
        var (hung, crashed) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var random = new Random(format.Sum(letter => letter) * 1_000_003 + i);
            var input = mutations.Next(random);
            if (Repair is not null && random.Next(2) == 0)
                Repair(input);
            if (Asked is not null)
                await File.WriteAllBytesAsync(Path.Combine(Folder, format), input);
            try
            {
                var outcome = await Task.Run(() => read(input)).WaitAsync(MaxTime);
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
            catch (TimeoutException)
            {
                hung++;
                await FailedAsync(i, input, "no end");
            }
            catch (Exception e)
            {
                crashed++;
                await FailedAsync(i, input, e.ToString());
            }
        }
        File.Delete(Path.Combine(Folder, format));
        var counts = string.Join(", ", outcomes.OrderByDescending(o => o.Value).Select(o => $"{o.Key} {o.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"fuzz {format}: {count} inputs: {counts}, crashed {crashed}, hung {hung}");
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(3)));
    }

    async Task FailedAsync(int index, byte[] input, string what)
    {
        var path = Path.Combine(Folder, $"{format}-{index}");
        await File.WriteAllBytesAsync(path, input);
        failures.Add($"{path}: {what}");
    }
}
