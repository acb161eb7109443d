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
        List<ObjectEntry>? stored = StoredHere(task, out long bytes);
        if (stored is null || bytes <= options.StoreBytes)
        {
            return null;
        }

        string what = stored is [var only]
            ? $"its argument {only.Id} of {only.Size} bytes is"
            : $"its arguments {string.Join(", ", stored.Select(static a => $"{a.Id} ({a.Size} bytes)"))}, which it needs together, are with {bytes} bytes";
        return new Failure(
            FailureKind.StoreFull,
            $"Task {task.Name ?? task.TaskId.ToString()} cannot run on node {options.Self}: {what} larger than the node's whole object store of {options.StoreBytes} bytes. {Advice}",
            null,
            task.TaskId,
            task.Name,
            task.AttemptNumber);
    }

    /// <summary>Whether the task could have its arguments here.</summary>
    public bool Fits(TaskRecord task) => StoredHere(task, out long bytes) is null || bytes <= options.StoreBytes;

    private const string Advice = "Start nodes with a larger ObjectStoreBytes, or split the value.";

    /// <summary>The arguments that must be in this store's memory at one time, when one of them is to be pulled.</summary>
    private List<ObjectEntry>? StoredHere(TaskRecord task, out long bytes)
    {
        bytes = 0;
        if (task.Inputs is not { } inputs)
        {
            return null;
        }

        List<ObjectEntry>? stored = null;
        bool isPulled = false;
        for (int i = 0; i < task.DependencyCount; i++)
        {
            ObjectEntry input = inputs[i];
            if (input.Size <= options.InlineBytes || !NeedsMemory(input) || stored?.Contains(input) == true)
            {
                continue;
            }

            (stored ??= []).Add(input);
            bytes += input.Size;
            isPulled |= input.Status == ObjectStatus.Remote;
        }

        return isPulled ? stored : null;
    }

    private bool NeedsMemory(ObjectEntry input) =>
        input.Status == ObjectStatus.Remote || (input.Status == ObjectStatus.Available && (!options.StoreSpills || ClusterMachine.IsPulled(input)));
}
