namespace RayOrleans.Core.Simulation;

/// <summary>
/// Values that refer to each other in a circle are never freed by counting references, and are not what is being tested: programs here
/// do not make them.
/// </summary>
internal static class Cycles
{
    public static bool Reaches(SimObject from, SimObject target)
    {
        HashSet<SimObject> seen = [];
        Stack<SimObject> open = new();
        open.Push(from);
        while (open.TryPop(out SimObject? at))
        {
            if (at == target)
            {
                return true;
            }

            if (!seen.Add(at))
            {
                continue;
            }

            foreach (SimObject inner in at.Value?.Contained ?? [])
            {
                open.Push(inner);
            }

            if (at is SimTask { Kind: TaskKind.ActorCreation } creation)
            {
                foreach (SimObject input in creation.Inputs)
                {
                    open.Push(input);
                }

                foreach (SimRef kept in (creation.Actor!.Record.Instance as SimInstance)?.Refs ?? [])
                {
                    open.Push(kept.Subject);
                }
            }
        }

        return false;
    }
}
