namespace RayOrleans.Core.Simulation;

/// <summary>When nothing moves any more.</summary>
internal static class FinalChecks
{
    /// <summary>All programs were made so that they end; whatever still waits, waits for ever.</summary>
    public static void Progress(World world)
    {
        foreach (Body body in world.Bodies)
        {
            throw new ViolationException(
                $"nothing moves and body {body.Number} of {(body.Task is null ? "a driver" : $"task {body.Task.Number}")} waits ({body.State}) for: "
                + string.Join("; ", body.WaitsFor.Select(w => Explain(w, 0))));
        }

        foreach (SimTask task in world.Tasks)
        {
            if (task.Ended is null && task.Record.Job is not null && IsSubmitted(task))
            {
                throw new ViolationException($"nothing moves and there is {Explain(task, 0)}");
            }
        }
    }

    /// <summary>Everything was let go: nothing may be left.</summary>
    public static void Empty(World world)
    {
        NodeEngine engine = world.Engine;
        HoldChecks.Scan(world);
        foreach (SimValue value in world.Values)
        {
            if (!value.Discarded)
            {
                throw new ViolationException($"value {value.Number} of object {value.Subject.Number} was never discarded");
            }
        }

        foreach (SimInstance instance in world.Instances)
        {
            if (!instance.Stopped && !instance.Killed)
            {
                throw new ViolationException($"an actor's object {instance.Number} was never stopped");
            }
        }

        Expect(engine.LiveObjects == 0, $"{engine.LiveObjects} objects are left: " + string.Join(", ", engine.Entries().Take(5).Select(e => $"{Number(world, e)} {e.Status} {e.Holds}/{e.Uses}")));
        Expect(engine.LiveBytes == 0, $"{engine.LiveBytes} bytes are left");
        Expect(engine.ReadyTasks == 0, $"{engine.ReadyTasks} ready tasks are left");
        Expect(engine.Actors.Count == 0, $"{engine.Actors.Count} actors are left: {string.Join(", ", engine.Actors.Select(a => $"{((SimActor)a.Host!).Index} {a.State}"))}");
        Expect(engine.Startable(4) == 0, "something is startable and nothing is there to start");
        Expect(world.Resources.IsIdle, "resources are still granted");
        foreach (SimJob job in world.Jobs)
        {
            Expect(job.Record.Unfinished == 0, $"job {job.Number} counts {job.Record.Unfinished} unfinished tasks");
        }
    }

    private static bool IsSubmitted(SimTask task) => task.Kind != TaskKind.ActorCreation || task.Actor!.Creation == task;

    private static int Number(World world, ObjectEntry entry) => world.Objects.Find(o => ReferenceEquals(o.Entry, entry))?.Number ?? -1;

    private static string Explain(SimObject subject, int depth)
    {
        string text = $"object {subject.Number} {subject.Entry.Status}";
        if (subject.Maker is not { Ended: null } task)
        {
            return text;
        }

        text += $" of {task.Kind} {task.Number}, {task.Record.State} after {task.Used} failures";
        if (task.Running is { } body)
        {
            text += $", body {body.Number} {body.State}";
        }

        if (task.Actor is { } actor)
        {
            text += $", actor {actor.Index} {actor.Record.State} with creation {actor.Creation.Number} {actor.Creation.Record.State}";
        }

        if (depth < 4)
        {
            foreach (SimObject input in task.Inputs.Take(task.Dependencies).Where(i => !i.Entry.IsSettled))
            {
                text += $", waits for ({Explain(input, depth + 1)})";
            }
        }

        return text;
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(otherwise);
        }
    }
}
