namespace RayOrleans.Core.Simulation;

/// <summary>From time to time, over everything: what is held is there, what is not is gone.</summary>
internal static class HoldChecks
{
    public static void Scan(World world)
    {
        foreach (SimObject subject in world.Objects)
        {
            if (subject.Entry is not { } entry || subject is SimTask { Kind: TaskKind.ActorCreation })
            {
                continue;
            }

            if (subject.IsHeld && entry.Status == ObjectStatus.Deleted)
            {
                throw new ViolationException($"object {subject.Number} is held and deleted: {subject.Holds} references, {subject.SpecUses} specs, {subject.RunUses} running attempts, "
                    + $"{subject.ContainedUses} values, {subject.StreamUses} streams, tuple {subject.Maker?.Number ?? -1}");
            }

            if (!subject.IsHeld && entry.Status is ObjectStatus.Available or ObjectStatus.Failed && !(subject.IsPart && subject.Maker!.Ended is null))
            {
                throw new ViolationException($"object {subject.Number} is {entry.Status} though nobody holds it");
            }

            if (entry.Holds != subject.Holds)
            {
                throw new ViolationException($"object {subject.Number} has {subject.Holds} holds and the engine counts {entry.Holds}");
            }

            if (subject is SimTask task && (task.Ended is not null) != task.Record.IsTerminal)
            {
                throw new ViolationException($"task {task.Number} is {task.Record.State} and was observed as {task.Ended?.ToString() ?? "open"}");
            }
        }

        world.Resources.CompareRest(world.Engine.Resources);
    }
}
