using RayOrleans.ObjectStore.TestProcess;

return args switch
{
    ["random", var socket, var seed] => RandomWork.Run(socket, int.Parse(seed)),
    ["hold", var socket] => SingleWork.Hold(socket),
    ["restore", var socket] => SingleWork.Restore(socket),
    ["poke-read", var socket] => SingleWork.PokeRead(socket),
    ["poke-sealed", var socket] => SingleWork.PokeSealed(socket),
    ["own-store", var directory] => SingleWork.OwnStore(directory),
    ["fill", var directory, var capacity] => FillWork.Run(directory, long.Parse(capacity)),
    _ => throw new ArgumentException($"There is nothing to do in '{string.Join(' ', args)}'."),
};
