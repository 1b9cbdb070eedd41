using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>The serving slot of each line that has settings; champions of other lines are loaded when they are asked for.</summary>
sealed class ServingSlots : IDisposable
{
    readonly Dictionary<string, ServingSlot> slots;

    /// <param name="standard">Of the default line: the service is ready when it is filled. Not disposed here.</param>
    public ServingSlots(ServingSlot standard, IEnumerable<string> lines, TimeProvider clock)
    {
        Lines = [.. lines];
        slots = Lines.ToDictionary(line => line, line => line == ModelId.DefaultLine ? standard : new ServingSlot(clock));
    }

    /// <summary>The default line first.</summary>
    public IReadOnlyList<string> Lines { get; }
    /// <summary>Whether a recognizer of any line serves.</summary>
    public bool IsFilled => slots.Values.Any(slot => slot.IsFilled);

    /// <summary>Null: the line has no settings.</summary>
    public ServingSlot? Of(string line) => slots.GetValueOrDefault(line);

    /// <summary>Null: the version is no serving champion.</summary>
    public ModelLease? TryLease(int number)
    {
        foreach (var slot in slots.Values.Where(slot => slot.Number == number))
        {
            if (slot.TryLease() is not { } lease)
                continue;
            if (lease.Model.Number == number)
                return lease;
            lease.Dispose(); // swapped between the two
        }
        return null;
    }

    /// <summary>Whether the version is a serving champion.</summary>
    public bool Serves(int number) => slots.Values.Any(slot => slot.Number == number);

    public void Dispose()
    {
        foreach (var slot in slots.Where(s => s.Key != ModelId.DefaultLine))
            slot.Value.Dispose();
    }
}
