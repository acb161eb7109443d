namespace RayOrleans.Core;

/// <summary>The results of a task: its value, the parts of a tuple, and the puts that they refer to.</summary>
internal sealed class TaskResults(ObjectTable objects, Outbox outbox, NestedResults nestedResults)
{
    /// <summary>Takes the values of an accepted outcome, for as long as they are still to be made.</summary>
    public void Set(TaskRecord task, in Outcome outcome)
    {
        // What others refer to first: whoever sees a result settled sees its parts, and what it refers to, settled.
        Dictionary<ObjectEntry, ObjectEntry>? nested = outcome.Nested is { } puts ? nestedResults.Accept(task, puts) : null;
        if (task.Parts is { } parts && outcome.Parts is { } values)
        {
            for (int i = 0; i < parts.Length; i++)
            {
                if (!objects.SetValue(parts[i], values[i].Value, values[i].Size, NestedResults.Replace(values[i].Contained, nested), task.AttemptNumber))
                {
                    outbox.Discard(values[i].Value);
                }
            }
        }

        if (!objects.SetValue(task, outcome.Value, outcome.Size, NestedResults.Replace(outcome.Contained, nested), task.AttemptNumber))
        {
            outbox.Discard(outcome.Value);
        }

        task.Kept = null;
        nestedResults.FailUnmade(task);
        if (nested is not null)
        {
            nestedResults.Release(nested.Values.Distinct());
        }
    }

    /// <summary>Fails all that are still to be made.</summary>
    public void Fail(TaskRecord task, Failure failure)
    {
        objects.SetFailure(task, failure);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                objects.SetFailure(part, failure);
            }
        }

        foreach (ObjectEntry nested in NestedResults.Of(task))
        {
            objects.SetFailure(nested, failure);
        }
    }

    /// <summary>Deletes those that nobody holds.</summary>
    public void DeleteUnheld(TaskRecord task)
    {
        objects.DeleteIfUnheld(task);
        if (task.Parts is { } parts)
        {
            foreach (ObjectEntry part in parts)
            {
                objects.DeleteIfUnheld(part);
            }
        }

        foreach (ObjectEntry nested in NestedResults.Of(task))
        {
            objects.DeleteIfUnheld(nested);
        }
    }
}
