namespace RayOrleans.Core;

/// <summary>
/// What can never be read on this node, because its store is smaller. Copies of what other nodes made are not written to disk, so an object that is pulled needs
/// memory; the arguments of one task need it together.
/// </summary>
internal sealed class StoreFit(ClusterOptions options)
{
    /// <summary>Why a value elsewhere can never come here; null: it can.</summary>
    public Refusal? Refuse(ObjectEntry entry) => entry.Status == ObjectStatus.Remote && entry.Size > options.StoreBytes
        ? NoRoom(entry, $"it is larger than the whole store, which has {options.StoreBytes} bytes. {Advice}")
        : null;

    /// <summary>Why a value elsewhere does not come here.</summary>
    public Refusal NoRoom(ObjectEntry entry, string why) => new(
        new Failure(FailureKind.StoreFull, $"Object {entry.Id} of {entry.Size} bytes cannot be read on node {options.Self}: {why}", null, entry.TaskId, entry.Producer?.Name),
        entry.Size);

    /// <summary>Why the task can never have its arguments here, as far as their sizes are known; null: it can.</summary>
    public Failure? Refuse(TaskRecord task)
    {
        HashSet<ObjectEntry>? stored = StoredHere(task, out long bytes);
        if (stored is null || bytes <= options.StoreBytes)
        {
            return null;
        }

        string what = stored.Count == 1
            ? $"its argument {stored.Single().Id} of {bytes} bytes is"
            : $"its arguments {string.Join(", ", stored.Select(static a => $"{a.Id} ({a.Size} bytes)"))}, which it needs together, are with {bytes} bytes";
        return new Failure(
            FailureKind.StoreFull,
            $"Task {task.Name ?? task.TaskId.ToString()} cannot run on node {options.Self}: {what} larger than the node's whole object store of {options.StoreBytes} bytes. {Advice}",
            null,
            task.TaskId,
            task.Name,
            Attempt.OrdinalOf(task.AttemptNumber));
    }

    /// <summary>Whether the task could have its arguments here.</summary>
    public bool Fits(TaskRecord task) => StoredHere(task, out long bytes) is null || bytes <= options.StoreBytes;

    private const string Advice = "Start nodes with a larger ObjectStoreBytes, or split the value.";

    /// <summary>The arguments that must be in this store's memory at one time, when one of them is to be pulled; null: there are none, or they surely fit.</summary>
    private HashSet<ObjectEntry>? StoredHere(TaskRecord task, out long bytes)
    {
        bytes = 0;
        if (task.Inputs is not { } inputs)
        {
            return null;
        }

        // Asked with every argument that turns up: only when they could be too large is it looked at which are the same.
        bool isPulled = false;
        for (int i = 0; i < task.DependencyCount; i++)
        {
            if (inputs[i].Size > options.InlineBytes && NeedsMemory(inputs[i]))
            {
                bytes += inputs[i].Size;
                isPulled |= inputs[i].Status == ObjectStatus.Remote;
            }
        }

        if (!isPulled || bytes <= options.StoreBytes)
        {
            return null;
        }

        HashSet<ObjectEntry> stored = [.. inputs.Take(task.DependencyCount).Where(i => i.Size > options.InlineBytes && NeedsMemory(i))];
        bytes = stored.Sum(i => i.Size);
        return stored;
    }

    private bool NeedsMemory(ObjectEntry input) =>
        input.Status == ObjectStatus.Remote || (input.Status == ObjectStatus.Available && (!options.StoreSpills || ClusterMachine.IsPulled(input)));
}
