namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>An attempt that starts is one that nobody else runs.</summary>
internal static class StartChecks
{
    public static void Check(ClusterWorld world, NodeBody body)
    {
        ClusterTask task = body.Task!;
        Attempt attempt = body.Attempt!;
        if (attempt.Task.TaskId != task.Id)
        {
            throw new ViolationException($"{body} was given another task's call");
        }

        task.SeenAttempts.Add(attempt.Number);
        if (task.Kind != TaskKind.ActorCreation && task.Started.Add(attempt.Number) && task.HasRunTooOften)
        {
            throw new ViolationException($"{body} starts, and {string.Join(", ", task.Started)} have run: it may be repeated {task.Code.Options.MaxRetries} times");
        }

        if (body.Node.HasFailed)
        {
            return;
        }

        if (task.Attempts.TryGetValue(attempt.Number, out NodeBody? other) && !other.Node.HasFailed)
        {
            throw new ViolationException($"{body} starts, and so did {other}");
        }

        task.Attempts[attempt.Number] = body;
        CheckCounted(world, body);
        if (task.Kind == TaskKind.ActorCall)
        {
            ActorChecks.Start(world, body, task.Actor!);
        }

        for (int i = 0; i < task.Code.Dependencies; i++)
        {
            if (attempt.Task.Inputs![i].Status != ObjectStatus.Available)
            {
                throw new ViolationException($"{body} starts though its argument {attempt.Task.Inputs[i].Id} is {attempt.Task.Inputs[i].Status}");
            }
        }

        if (task.Code.Inputs.Take(task.Code.Dependencies).Any(d => d.IsFault))
        {
            throw new ViolationException($"{body} starts though an argument of its has no value");
        }
    }

    /// <summary>An attempt that is not the first has been counted by the table before, if that would give the record away when its owner dies. Nobody takes over what makes a stream: its reader is gone as well.</summary>
    private static void CheckCounted(ClusterWorld world, NodeBody body)
    {
        int number = body.Attempt!.Number;
        if (number == 0 || body.Task!.Kind != TaskKind.Normal || body.Task.Code.Items is not null || body.Task.Code.Options.MaxRetries < 0)
        {
            return;
        }

        TaskId id = body.Task.Id;
        foreach (SimShard shard in world.Shards)
        {
            if (shard.Machine.Snapshot().Rows.FirstOrDefault(r => r.Task == id) is { IsPublished: true } row && row.FirstAttempt <= number)
            {
                throw new ViolationException($"{body} starts, and whoever takes its task over would begin with attempt {row.FirstAttempt}");
            }
        }
    }
}
