using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>
/// Reading values that may be on disk. Who may block does so on a thread that is not the pool's; everybody else awaits the restore and reads under its pins.
/// A copy that is gone, damaged or evicted, is told to the engine, and whoever wanted it waits for the object again.
/// </summary>
internal sealed class SpilledReads(NodeServices node)
{
    /// <summary>Whether reading the settled entry would have to wait for the disk.</summary>
    public static bool Needs(ObjectEntry entry) => entry.Value switch
    {
        StoreValue value => !value.Stored.IsInMemory,
        TupleValue tuple => tuple.Parts.Any(Needs),
        _ => false,
    };

    /// <summary>Whether one of an attempt's arguments is on disk.</summary>
    public static bool NeedsInputs(TaskRecord task)
    {
        for (int i = 0; task.Inputs is { } inputs && i < task.DependencyCount; i++)
        {
            if (Needs(inputs[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Pins a value, blocking while it is restored; null: it is gone, and the engine knows.</summary>
    public StorePin? Pin(ObjectEntry entry, StoreValue value)
    {
        if (value.Stored.TryPin() is { } pin)
        {
            return pin;
        }

        WorkerThread? worker = WorkerThread.Current;
        worker?.EnterBlocked();
        try
        {
            return value.Stored.PinAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (IsGone(e, entry, value))
        {
            return null;
        }
        finally
        {
            worker?.LeaveBlocked();
        }
    }

    /// <summary>Pins a value once it is restored; null: it is gone, and the engine knows.</summary>
    public async ValueTask<StorePin?> PinAsync(ObjectEntry entry, StoreValue value, bool withoutPressure, CancellationToken cancellationToken)
    {
        try
        {
            return await value.Stored.PinAsync(withoutPressure, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsGone(e, entry, value))
        {
            return null;
        }
    }

    /// <summary>Pins everything that reading the entry needs, once it is restored. What is gone is left out: reading waits for it again.</summary>
    public async Task<IReadOnlyList<StorePin>> HoldAsync(ObjectEntry entry, CancellationToken cancellationToken)
    {
        List<(ObjectEntry Entry, StoreValue Value)> values = [];
        Collect(entry, values);
        Task<StorePin?>[] pins = [.. values.Select(v => PinAsync(v.Entry, v.Value, withoutPressure: false, cancellationToken).AsTask())];
        try
        {
            return [.. (await Task.WhenAll(pins).ConfigureAwait(false)).OfType<StorePin>()];
        }
        catch
        {
            foreach (Task<StorePin?> pin in pins)
            {
                _ = pin.ContinueWith(static p => p.Result?.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            throw;
        }
    }

    public static void Release(IReadOnlyList<StorePin>? pins)
    {
        foreach (StorePin pin in pins ?? [])
        {
            pin.Dispose();
        }
    }

    /// <summary>
    /// Restores an attempt's arguments, all of them or none, and keeps them until the attempt ends. Blocks the calling thread, not the engine; nothing is pinned
    /// while other attempts' arguments have no room beside these.
    /// </summary>
    public void HoldInputs(TaskScope scope)
    {
        TaskRecord task = scope.Attempt.Task;
        List<(ObjectEntry Entry, StoreValue Value)> values = [];
        for (int i = 0; task.Inputs is { } inputs && i < task.DependencyCount; i++)
        {
            Collect(inputs[i], values);
        }

        WorkerThread? worker = WorkerThread.Current;
        worker?.EnterBlocked();
        try
        {
            scope.Keep(node.Store.PinAllAsync([.. values.Select(v => v.Value.Stored).Distinct()]).AsTask().GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Each argument is waited for again, or fails with its reason, when it is read.
        }
        finally
        {
            worker?.LeaveBlocked();
        }
    }

    /// <summary>A secondary copy was taken away to make room.</summary>
    public void OnEvicted(ObjectEntry entry, StoreValue value) => node.Gate.Do(engine => engine.LoseHere(entry, value, "when its copy was evicted"));

    private static void Collect(ObjectEntry entry, List<(ObjectEntry Entry, StoreValue Value)> values)
    {
        switch (entry.Value)
        {
            case StoreValue value:
                values.Add((entry, value));
                break;
            case TupleValue tuple:
                foreach (ObjectEntry part in tuple.Parts)
                {
                    Collect(part, values);
                }

                break;
            default:
                break;
        }
    }

    private bool IsGone(Exception error, ObjectEntry entry, StoreValue value)
    {
        if (error is ObjectDamagedException damaged)
        {
            node.Events.Warn($"Object {entry.Id}: {damaged.Message}");
            node.Gate.Do(engine => engine.LoseHere(entry, value, $"on this node's disk: {damaged.Message}"));
            return true;
        }

        if (error is not ObjectDisposedException || node.Stopped is not null)
        {
            return false;
        }

        // Deleted with its entry, or evicted: then nobody may have told the engine yet.
        if (value.Stored.IsSecondary)
        {
            OnEvicted(entry, value);
        }

        return true;
    }
}
