#!/bin/sh
# Writes docs/skill.md anew: five runs of `zhitian verify` on the real data of the tests.
# usage: docs/skill.sh PATH-OF-ZHITIAN (data: $ZHITIAN_DATA, or shared/data beside the checkout)
set -eu
zhitian=$1
page=$(cd "$(dirname "$0")" && pwd)/skill.md
cd "${ZHITIAN_DATA:-$(dirname "$page")/../../shared/data}"
synop=ecmwf_t2m_synop_20181120
globe=globe_30s_south_europe/globe30s_lat34-50_lon0-46.nc
meteonet=meteonet_arpege_arome_20180501
davos=era5_davos_202001/davos_SURF_202001.nc

"$zhitian" verify --title "IFS 48 h forecast at SYNOP stations, 20 November 2018" \
  --forecast $synop/t2m_grib.grib --observations $synop/synop_20181120T12_DEV_lon_ge_14.csv \
  --terrain $globe --by dz,coast --calibrate --dataset synop-20181120 --report "$page"
"$zhitian" verify --title "HRRR over Idaho, 24 km restored to 3 km, 22 July 2018" \
  --truth hrrr_idaho_20180722 --coarsen 8 --by sun,dz --block 0.25 \
  --variable temperature_2m,dew_point_2m,vapour_pressure_deficit,surface_pressure,wind_speed_10m \
  --dataset hrrr-20180722 --report "$page" --append
"$zhitian" verify --title "ARPEGE rain of 24 h against AROME, 1 May 2018" \
  --forecast $meteonet/arpege_PRECIP_SE_20180501000000.grib \
  --truth $meteonet/arome_PRECIP_SE_20180501000000.grib --truth $meteonet/SE_masks.grib \
  --terrain $globe --dataset meteonet-20180501 --report "$page" --append
"$zhitian" verify --title "ERA5 around Davos, 0.5° restored to 0.25°, January 2020" \
  --truth $davos --every 2 --by sun \
  --variable temperature_2m,dew_point_2m,vapour_pressure_deficit,surface_pressure \
  --dataset davos-202001 --report "$page" --append
"$zhitian" verify --title "ERA5 around Davos, steps of 3 h brought back to hours, January 2020" \
  --truth $davos --refine 3 --by sun --variable temperature_2m,shortwave_down,precipitation \
  --dataset davos-202001 --report "$page" --append
